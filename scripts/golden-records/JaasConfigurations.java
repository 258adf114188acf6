import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/**
 * Parses values of sasl.jaas.config with Kafka, one per line; non-ASCII characters are a percent sign and four hexadecimal
 * digits. Prints for each: the case, then the login module, the control flag and the options sorted by name, or the error's
 * message; fields are separated by tabs.
 */
public class JaasConfigurations {
    static String decode(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }

    static String encode(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c < 32 || c > 126 || c == '%') out.append(String.format("%%%04x", (int) c));
            else out.append(c);
        }
        return out.toString();
    }

    public static void main(String[] args) throws Exception {
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            if (line.startsWith("#")) continue;
            StringBuilder answer = new StringBuilder(line);
            try {
                Password value = new Password(decode(line));
                JaasContext context = JaasContext.loadClientContext(Map.of("sasl.jaas.config", value));
                AppConfigurationEntry entry = context.configurationEntries().get(0);
                String flag = entry.getControlFlag().toString().replace("LoginModuleControlFlag: ", "");
                answer.append("\t=\t").append(encode(entry.getLoginModuleName())).append('\t').append(flag);
                Map<String, String> options = new TreeMap<>();
                for (Map.Entry<String, ?> option : entry.getOptions().entrySet()) {
                    if (option.getKey() != null) options.put(option.getKey(), (String) option.getValue());
                }
                for (Map.Entry<String, String> option : options.entrySet()) {
                    answer.append('\t').append(encode(option.getKey())).append('=').append(encode(option.getValue()));
                }
            } catch (Exception error) {
                answer.append("\t!\t").append(error.getMessage() == null ? "" : encode(error.getMessage()));
            }
            System.out.println(answer);
        }
    }
}
