import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Runs Debezium's ExtractNewRecordState over recorded envelopes, once for each variant of its options.
 * Arguments: the envelopes (a JSON object per line), the variants (name to options), the folder for the results.
 */
public class UnwrapRecords {
    static final ObjectMapper JSON = new ObjectMapper();
    static final SimpleHeaderConverter HEADERS = new SimpleHeaderConverter();

    static JsonConverter converter(boolean isKey) {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "true", "replace.null.with.default", "false"), isKey);
        return converter;
    }

    static byte[] bytes(JsonNode node) {
        return node == null || node.isNull() ? null : node.asText().getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) { return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8); }

    @SuppressWarnings("unchecked")
    public static void main(String[] args) throws Exception {
        JsonConverter keys = converter(true), values = converter(false);
        for (Iterator<Map.Entry<String, JsonNode>> variants = JSON.readTree(Files.readString(Path.of(args[1]))).fields();
                variants.hasNext();) {
            Map.Entry<String, JsonNode> variant = variants.next();
            Map<String, String> options = new HashMap<>();
            String droppedFields = null;
            for (Iterator<Map.Entry<String, JsonNode>> fields = variant.getValue().fields(); fields.hasNext();) {
                Map.Entry<String, JsonNode> option = fields.next();
                if (option.getKey().equals("(header gone)")) droppedFields = option.getValue().asText();
                else options.put(option.getKey(), option.getValue().asText());
            }
            Transformation<SourceRecord> transform = (Transformation<SourceRecord>)
                    Class.forName("io.debezium.transforms.ExtractNewRecordState").getDeclaredConstructor().newInstance();
            transform.configure(options);
            PrintStream out = new PrintStream(args[2] + "/" + variant.getKey() + ".jsonl", StandardCharsets.UTF_8);
            byte[] lastKey = null;
            ConnectHeaders headers = null;
            for (String line : Files.readAllLines(Path.of(args[0]))) {
                JsonNode record = JSON.readTree(line);
                byte[] key = bytes(record.get("key")), value = bytes(record.get("value"));
                // In Debezium a delete and its tombstone share one object of headers.
                if (value != null || !Arrays.equals(key, lastKey)) {
                    headers = new ConnectHeaders();
                    for (JsonNode header : record.get("headers")) headers.addString(header.get(0).asText(), header.get(1).asText());
                    if (droppedFields != null) {
                        headers.add("gone", Arrays.asList(droppedFields.split(",")),
                                SchemaBuilder.array(Schema.STRING_SCHEMA).build());
                    }
                }
                lastKey = key;
                String topic = record.get("topic").asText();
                SchemaAndValue k = keys.toConnectData(topic, key), v = values.toConnectData(topic, value);
                ObjectNode answer = JSON.createObjectNode();
                try {
                    SourceRecord result = transform.apply(new SourceRecord(Map.of(), Map.of(), topic, null, k.schema(), k.value(),
                            v.schema(), v.value(), null, headers));
                    if (result == null) {
                        answer.put("dropped", true);
                    } else {
                        answer.put("topic", result.topic());
                        answer.put("key", text(keys.fromConnectData(topic, result.keySchema(), result.key())));
                        answer.put("value", text(values.fromConnectData(topic, result.valueSchema(), result.value())));
                        ArrayNode list = answer.putArray("headers");
                        for (Header header : result.headers()) {
                            list.addArray().add(header.key())
                                    .add(text(HEADERS.fromConnectHeader(topic, header.key(), header.schema(), header.value())));
                        }
                    }
                } catch (Exception error) {
                    answer.put("error", Objects.toString(error.getMessage()));
                }
                out.println(JSON.writeValueAsString(answer));
            }
            out.close();
        }
    }
}
