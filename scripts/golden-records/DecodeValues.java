import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;

/**
 * Prints how Kafka's SimpleHeaderConverter and JsonConverter decode texts: a JSON object per line with the input and a
 * description of schema and value, or the error.
 *
 *   java DecodeValues.java headers|json INPUTS
 *   java DecodeValues.java bytes INPUTS 'NAME CLASS OPTION=VALUE…' …
 *
 * INPUTS has one text per line; for headers, random texts are added. With "bytes" it has hexadecimal bytes, or "null",
 * which the named converters decode.
 */
public class DecodeValues {
    static final ObjectMapper JSON = new ObjectMapper();

    static String describe(Schema schema) {
        if (schema == null) return "-";
        StringBuilder text = new StringBuilder(schema.type().getName());
        switch (schema.type()) {
            case ARRAY -> text.append("(" + describe(schema.valueSchema()) + ")");
            case MAP -> text.append("(" + describe(schema.keySchema()) + "," + describe(schema.valueSchema()) + ")");
            case STRUCT -> {
                List<String> fields = new ArrayList<>();
                for (Field field : schema.fields()) fields.add(field.name() + ":" + describe(field.schema()));
                text.append("(" + String.join(",", fields) + ")");
            }
            default -> { }
        }
        if (schema.isOptional()) text.append("?");
        if (schema.name() != null) text.append(" name=" + schema.name());
        if (schema.version() != null) text.append(" version=" + schema.version());
        if (schema.doc() != null) text.append(" doc=" + schema.doc());
        if (schema.parameters() != null && !schema.parameters().isEmpty())
            text.append(" parameters=" + new TreeMap<>(schema.parameters()));
        if (schema.defaultValue() != null) text.append(" default=" + describe(schema.defaultValue()));
        return text.toString();
    }

    static String describe(Object value) {
        if (value == null) return "null";
        if (value instanceof String text) return "'" + text + "'";
        if (value instanceof Float || value instanceof Double) return "f" + value;
        if (value instanceof BigDecimal decimal) {
            BigDecimal stripped = decimal.stripTrailingZeros();
            return "d" + stripped.unscaledValue() + "e" + -stripped.scale();
        }
        if (value instanceof java.util.Date date) return "t" + date.getTime();
        if (value instanceof ByteBuffer buffer) return "x" + hex(buffer.array());
        if (value instanceof byte[] bytes) return "x" + hex(bytes);
        if (value instanceof List<?> list) {
            List<String> items = new ArrayList<>();
            for (Object item : list) items.add(describe(item));
            return "[" + String.join(",", items) + "]";
        }
        if (value instanceof Map<?, ?> map) {
            List<String> items = new ArrayList<>();
            map.forEach((key, item) -> items.add(describe(key) + "=" + describe(item)));
            Collections.sort(items);
            return "{" + String.join(",", items) + "}";
        }
        if (value instanceof Struct struct) {
            List<String> items = new ArrayList<>();
            for (Field field : struct.schema().fields()) items.add(describe(struct.getWithoutDefault(field.name())));
            return "(" + String.join(",", items) + ")";
        }
        return value.toString();
    }

    static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) text.append(String.format("%02x", b));
        return text.toString();
    }

    static void answer(ObjectNode line, String name, java.util.function.Supplier<SchemaAndValue> decode) {
        try {
            SchemaAndValue decoded = decode.get();
            line.put(name, decoded == null ? "null" : describe(decoded.schema()) + " " + describe(decoded.value()));
        } catch (Exception error) {
            line.put(name, "error: " + error.getMessage());
        }
    }

    static List<String> randomLiterals() {
        Random random = new Random(11);
        String[] parts = {
            "[", "]", "{", "}", ",", ":", "\"", "\\", " ", "  ", "null", "true", "false", "1", "-1", "+5", "127", "128", "40000",
            "3000000000", "99999999999999999999", "1.5", "1.0", "-0.25", "1e3", "1e400", "1E-2", "0", "abc", "é", "2021-02-03",
            "2021-02-03T04:05:06.789Z", "04:05:06.789Z", "04\\:05\\:06.789Z", "-", "x y", ".5", "5.",
        };
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            StringBuilder text = new StringBuilder();
            int count = 1 + random.nextInt(9);
            for (int j = 0; j < count; j++) text.append(parts[random.nextInt(parts.length)]);
            texts.add(text.toString());
        }
        String[] scalars = { "null", "true", "1", "200", "70000", "5000000000", "1.5", "1e300", "\"a\"", "\"\"", "2021-02-03", "\"2021-02-03\"" };
        for (int i = 0; i < 300; i++) {
            List<String> items = new ArrayList<>();
            boolean isMap = random.nextBoolean();
            int count = random.nextInt(4);
            for (int j = 0; j < count; j++) {
                String item = scalars[random.nextInt(scalars.length)];
                items.add(isMap ? "\"k" + random.nextInt(3) + "\":" + item : item);
            }
            String list = (isMap ? "{" : "[") + String.join(random.nextBoolean() ? "," : " , ", items) + (isMap ? "}" : "]");
            texts.add(random.nextInt(3) == 0 ? "[" + list + "," + list + "]" : list);
        }
        return texts;
    }

    static void decodeBytes(List<String> inputs, List<String> converters) throws Exception {
        Map<String, Converter> named = new LinkedHashMap<>();
        for (String argument : converters) {
            String[] words = argument.split(" ");
            Map<String, String> options = new HashMap<>();
            for (int i = 2; i < words.length; i++) options.put(words[i].split("=", 2)[0], words[i].split("=", 2)[1]);
            Converter converter = (Converter) Class.forName(words[1]).getDeclaredConstructor().newInstance();
            converter.configure(options, false);
            named.put(words[0], converter);
        }
        for (String input : inputs) {
            ObjectNode line = JSON.createObjectNode();
            line.put("bytes", input);
            byte[] bytes = input.equals("null") ? null : HexFormat.of().parseHex(input);
            named.forEach((name, converter) -> answer(line, name, () -> converter.toConnectData("t", bytes)));
            System.out.println(line);
        }
    }

    public static void main(String[] args) throws Exception {
        List<String> inputs = new ArrayList<>(Files.readAllLines(Path.of(args[1])));
        if (args[0].equals("bytes")) {
            decodeBytes(inputs, Arrays.asList(args).subList(2, args.length));
            return;
        }
        if (args[0].equals("headers")) {
            inputs.addAll(randomLiterals());
            for (String input : inputs) {
                ObjectNode line = JSON.createObjectNode();
                line.put("text", input);
                byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
                answer(line, "value", () -> new SimpleHeaderConverter().toConnectHeader("t", "h", bytes));
                System.out.println(line);
            }
            return;
        }
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        settings.put("schemas", Map.of());
        settings.put("plain", Map.of("schemas.enable", "false"));
        settings.put("nulls kept", Map.of("replace.null.with.default", "false"));
        for (String input : inputs) {
            ObjectNode line = JSON.createObjectNode();
            line.put("text", input);
            byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
            settings.forEach((name, options) -> {
                Map<String, String> map = new HashMap<>(options);
                map.put("converter.type", "value");
                JsonConverter converter = new JsonConverter();
                converter.configure(map, false);
                answer(line, name, () -> converter.toConnectData("t", bytes));
            });
            System.out.println(line);
        }
    }
}
