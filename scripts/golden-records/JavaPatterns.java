import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matches texts with Java's patterns. The file has one case per line, fields separated by tabs: flags (i or -), pattern, text,
 * replacement; non-ASCII characters are a percent sign and four hexadecimal digits. Prints for each: matches, find, the
 * text with the first match replaced.
 */
public class JavaPatterns {
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
            if (line.isEmpty() || line.startsWith("#")) continue;
            String[] fields = line.split("\t", -1);
            String answer;
            try {
                Pattern pattern = Pattern.compile(decode(fields[1]), fields[0].equals("i") ? Pattern.CASE_INSENSITIVE : 0);
                String text = decode(fields[2]);
                Matcher matcher = pattern.matcher(text);
                answer = (matcher.matches() ? "matches" : "-") + "\t" + (matcher.reset().find() ? "find" : "-") + "\t";
                try {
                    answer += encode(pattern.matcher(text).replaceFirst(decode(fields[3])));
                } catch (IllegalArgumentException | IndexOutOfBoundsException error) {
                    answer += "error";
                }
            } catch (java.util.regex.PatternSyntaxException error) {
                answer = "syntax";
            }
            System.out.println(line + "\t" + answer);
        }
    }
}
