import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.connect.runtime.isolation.PluginUtils;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.VersionRange;

/**
 * Reads values of {@code plugin.version} and compares versions. A line of the file has one field, a range, or two, separated by a
 * tab: versions. Prints each line with a tab and, of a range, its text and those of four versions that it contains, or the error; of
 * two versions -1, 0 or 1.
 */
public class PluginVersions {
    private static final List<String> VERSIONS = List.of("4.3.1", "3.6.1.Final", "1.9.5.Final", "undefined");

    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] versions = line.split("\t", -1);
            System.out.println(line + "\t" + (versions.length == 2
                    ? Integer.signum(new ComparableVersion(versions[0]).compareTo(new ComparableVersion(versions[1])))
                    : range(line)));
        }
    }

    private static String range(String text) {
        try {
            VersionRange range = PluginUtils.connectorVersionRequirement(text);
            if (range == null) return "any";
            StringBuilder contained = new StringBuilder(range.toString());
            for (String version : VERSIONS) {
                if (range.containsVersion(new DefaultArtifactVersion(version))) contained.append(" ").append(version);
            }
            return contained.toString();
        } catch (Exception e) {
            return "error: " + e.getMessage();
        }
    }
}
