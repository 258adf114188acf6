import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Runs a transform over records. Arguments: the cases, the file for the results.
 *
 * The cases are {"records": {NAME: [RECORD, …]}, "cases": [{"name", "type", "config": {…}, "records": NAME or [RECORD, …]}]}.
 * A record is {"topic", "partition", "timestamp", "key", "value", "headers": [[NAME, VALUE], …]}; keys, values and header
 * values are {"schema", "payload"} as JsonConverter writes them, with a null schema for a value without one. What is
 * absent is null. With "headers": "previous", a record shares the list of headers of the record before it;
 * "source": [PARTITION, OFFSET] are its source's, and "buffers": true makes the bytes of rows a ByteBuffer, as Debezium
 * does. All records of a case go through one instance of the transform.
 *
 * A result is one line: {"case", "record"} and {"dropped": true}, {"error": MESSAGE, "class": EXCEPTION}, or the record with
 * keys and values as text. {"case", "configure": MESSAGE} is a configuration that is refused, with the problems that were
 * logged as "logged": [TEXT, …] if there were any. A value that JsonConverter cannot write is "CLASS: TEXT".
 */
public class TransformRecords {
    /** What the logger prints, which is opened when the first class logs. */
    static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();

    static {
        System.setOut(new PrintStream(LOG, true, StandardCharsets.UTF_8));
    }

    static final ObjectMapper JSON = new ObjectMapper();

    static JsonConverter converter() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "true", "replace.null.with.default", "false"), false);
        return converter;
    }

    /** A problem of a configuration in the log, up to the next line that begins with a year. */
    static final Pattern PROBLEM = Pattern.compile("ERROR (The '.*?)\\s*(?=\\n\\d{4}-|\\z)", Pattern.DOTALL);

    static final JsonConverter CONVERTER = converter();

    static SchemaAndValue read(JsonNode node) throws Exception {
        if (node == null || node.isNull()) return SchemaAndValue.NULL;
        return CONVERTER.toConnectData("", JSON.writeValueAsBytes(node));
    }

    static String text(Schema schema, Object value) {
        try {
            byte[] bytes = CONVERTER.fromConnectData("", schema, value);
            return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
        } catch (Exception error) {
            return value == null ? "null: " + error.getMessage() : value.getClass().getName() + ": " + value;
        }
    }

    static void wrapBytes(Struct row) {
        if (row == null) return;
        for (Field field : row.schema().fields()) {
            if (field.schema().name() == null && row.get(field) instanceof byte[] bytes) {
                row.put(field, ByteBuffer.wrap(bytes));
            }
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(JsonNode node) {
        return node == null ? Map.of() : JSON.convertValue(node, Map.class);
    }

    static SourceRecord record(JsonNode node, SourceRecord previous) throws Exception {
        SchemaAndValue key = read(node.get("key")), value = read(node.get("value"));
        Headers headers = new ConnectHeaders();
        if (node.has("headers") && node.get("headers").isTextual()) {
            headers = previous.headers();
        } else if (node.has("headers")) {
            for (JsonNode header : node.get("headers")) headers.add(header.get(0).asText(), read(header.get(1)));
        }
        if (node.has("buffers")) {
            for (String row : new String[] {"before", "after"}) wrapBytes((Struct) ((Struct) value.value()).get(row));
        }
        JsonNode source = node.path("source");
        return new SourceRecord(map(source.get(0)), map(source.get(1)), node.get("topic").asText(),
                node.hasNonNull("partition") ? node.get("partition").asInt() : null, key.schema(), key.value(), value.schema(),
                value.value(), node.hasNonNull("timestamp") ? node.get("timestamp").asLong() : null, headers);
    }

    static void describe(SourceRecord record, ObjectNode answer) {
        answer.put("topic", record.topic());
        if (record.kafkaPartition() != null) answer.put("partition", record.kafkaPartition());
        if (record.timestamp() != null) answer.put("timestamp", record.timestamp());
        answer.put("key", text(record.keySchema(), record.key()));
        answer.put("value", text(record.valueSchema(), record.value()));
        ArrayNode list = answer.putArray("headers");
        for (Header header : record.headers()) list.addArray().add(header.key()).add(text(header.schema(), header.value()));
    }

    @SuppressWarnings("unchecked")
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
            Transformation<SourceRecord> transform;
            LOG.reset();
            try {
                transform = (Transformation<SourceRecord>)
                        Class.forName(item.get("type").asText()).getDeclaredConstructor().newInstance();
                transform.configure(options);
            } catch (Exception error) {
                start.put("configure", Objects.toString(error.getMessage()));
                ArrayNode logged = JSON.createArrayNode();
                Matcher lines = PROBLEM.matcher(LOG.toString(StandardCharsets.UTF_8));
                while (lines.find()) logged.add(lines.group(1));
                if (!logged.isEmpty()) start.set("logged", logged);
                out.println(JSON.writeValueAsString(start));
                continue;
            }
            JsonNode records = item.get("records");
            if (records.isTextual()) records = input.get("records").get(records.asText());
            SourceRecord record = null;
            for (int i = 0; i < records.size(); i++) {
                ObjectNode answer = JSON.createObjectNode().put("case", item.get("name").asText()).put("record", i);
                try {
                    record = record(records.get(i), record);
                    SourceRecord result = transform.apply(record);
                    if (result == null) answer.put("dropped", true);
                    else describe(result, answer);
                } catch (Exception error) {
                    answer.put("error", Objects.toString(error.getMessage())).put("class", error.getClass().getName());
                }
                out.println(JSON.writeValueAsString(answer));
            }
        }
        out.close();
    }
}
