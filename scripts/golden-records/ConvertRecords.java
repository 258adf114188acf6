import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import java.util.TreeMap;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/**
 * Runs a converter over the values of records. Arguments: the cases, the file for the results.
 *
 * The cases are those of TransformRecords, with a converter as "type". Headers are converted with JsonConverter and given to
 * the converter as bytes.
 *
 * A result is one line: {"case", "record", "bytes": TEXT, "decoded": TEXT}, the latter of what the bytes are decoded to,
 * with the keys of a map in order; or {"error": MESSAGE, "class": EXCEPTION}, or "undecodable": MESSAGE in place of "decoded".
 * {"case", "configure": MESSAGE} is a configuration that is refused.
 */
public class ConvertRecords {
    static final ObjectMapper JSON = new ObjectMapper();

    static JsonConverter converter() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "true", "replace.null.with.default", "false"), false);
        return converter;
    }

    static final JsonConverter CONVERTER = converter();

    static SchemaAndValue read(JsonNode node) throws Exception {
        if (node == null || node.isNull()) return SchemaAndValue.NULL;
        return CONVERTER.toConnectData("", JSON.writeValueAsBytes(node));
    }

    static String text(byte[] bytes) { return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8); }

    static void convert(Converter converter, JsonNode record, ObjectNode answer) throws Exception {
        RecordHeaders headers = new RecordHeaders();
        if (record.has("headers")) {
            for (JsonNode header : record.get("headers")) {
                SchemaAndValue value = read(header.get(1));
                headers.add(header.get(0).asText(), CONVERTER.fromConnectData("", value.schema(), value.value()));
            }
        }
        SchemaAndValue value = read(record.get("value"));
        String topic = record.get("topic").asText();
        byte[] bytes = converter.fromConnectData(topic, headers, value.schema(), value.value());
        answer.put("bytes", text(bytes));
        if (bytes == null) return;
        try {
            SchemaAndValue decoded = converter.toConnectData(topic, headers, bytes);
            Object content = decoded.value();
            answer.put("decoded", String.valueOf(content instanceof Map ? new TreeMap<>((Map<?, ?>) content) : content));
        } catch (Exception error) {
            answer.put("undecodable", Objects.toString(error.getMessage()));
        }
    }

    public static void main(String[] args) throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        JsonNode input = JSON.readTree(Files.readString(Path.of(args[0])));
        PrintStream out = new PrintStream(args[1], StandardCharsets.UTF_8);
        for (JsonNode item : input.get("cases")) {
            Map<String, String> options = new HashMap<>();
            for (Iterator<Map.Entry<String, JsonNode>> fields = item.get("config").fields(); fields.hasNext();) {
                Map.Entry<String, JsonNode> option = fields.next();
                options.put(option.getKey(), option.getValue().asText());
            }
            ObjectNode start = JSON.createObjectNode().put("case", item.get("name").asText());
            Converter converter;
            try {
                converter = (Converter) Class.forName(item.get("type").asText()).getDeclaredConstructor().newInstance();
                converter.configure(options, false);
            } catch (Exception error) {
                out.println(JSON.writeValueAsString(start.put("configure", Objects.toString(error.getMessage()))));
                continue;
            }
            JsonNode records = item.get("records");
            if (records.isTextual()) records = input.get("records").get(records.asText());
            for (int i = 0; i < records.size(); i++) {
                ObjectNode answer = JSON.createObjectNode().put("case", item.get("name").asText()).put("record", i);
                try {
                    convert(converter, records.get(i), answer);
                } catch (Exception error) {
                    answer.put("error", Objects.toString(error.getMessage())).put("class", error.getClass().getName());
                }
                out.println(JSON.writeValueAsString(answer));
            }
        }
        out.close();
    }
}
