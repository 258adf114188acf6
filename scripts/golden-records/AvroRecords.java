import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apicurio.registry.serde.avro.NonRecordContainer;
import io.apicurio.registry.utils.converter.avro.AvroData;
import io.apicurio.registry.utils.converter.avro.AvroDataConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * Runs Apicurio's AvroData over schemas and values. Arguments: the cases, the file for the results.
 *
 * A case is {"name", "config": {OPTION: TEXT}, "schema": as JsonConverter writes it or null, "payloads": [JSON, …]},
 * whose result is {"case", "avro": the schema's text, "bodies": [HEX or {"error"}, …]}; or {"name", "config", "avro": a
 * schema, "bodies": [HEX, …]}, whose result is {"case", "values": [as JsonConverter writes value and schema, or
 * {"error"}, …]}.
 *
 * Apicurio's class has all options of Confluent's, but its configuration sets two of them; the others are set here.
 */
public class AvroRecords {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Map<String, String> FIELDS = Map.of(
            "generalized.sum.type.support", "generalizedSumTypeSupport",
            "ignore.default.for.nullables", "ignoreDefaultForNullables",
            "scrub.invalid.names", "scrubInvalidNames",
            "discard.type.doc.default", "discardTypeDocDefault",
            "allow.optional.map.keys", "allowOptionalMapKey");

    static JsonConverter converter() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "true", "replace.null.with.default", "false"), false);
        return converter;
    }

    static AvroData avroData(JsonNode config) throws Exception {
        Map<String, String> options = new HashMap<>();
        if (config != null) {
            config.fields().forEachRemaining(item -> options.put(item.getKey(), item.getValue().asText()));
        }
        AvroData data = new AvroData(new AvroDataConfig(options));
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (!FIELDS.containsKey(option.getKey())) continue;
            Field field = AvroData.class.getDeclaredField(FIELDS.get(option.getKey()));
            field.setAccessible(true);
            field.setBoolean(data, Boolean.parseBoolean(option.getValue()));
        }
        return data;
    }

    static ObjectNode error(Throwable error) {
        return JSON.createObjectNode().put("error", String.valueOf(error.getMessage()))
                .put("class", error.getClass().getName());
    }

    /** The data's own schema is not the one that is registered: of an optional struct it is the record, not the union. */
    static byte[] body(org.apache.avro.Schema schema, Object data) throws Exception {
        Object value = data instanceof NonRecordContainer container ? container.getValue() : data;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<Object>(schema).write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    static void write(JsonNode item, ObjectNode answer) throws Exception {
        AvroData data = avroData(item.get("config"));
        ArrayNode bodies = JSON.createArrayNode();
        Schema schema = item.get("schema").isNull() ? null : converter().asConnectSchema(item.get("schema"));
        for (JsonNode payload : item.get("payloads")) {
            try {
                ObjectNode message = JSON.createObjectNode();
                message.set("schema", item.get("schema"));
                message.set("payload", payload);
                SchemaAndValue value = converter().toConnectData("", JSON.writeValueAsBytes(message));
                Object avro = data.fromConnectData(value.schema(), value.value());
                bodies.add(avro == null ? null : HexFormat.of().formatHex(body(data.fromConnectSchema(schema), avro)));
            } catch (Exception | StackOverflowError error) {
                bodies.add(error(error));
            }
        }
        try {
            answer.put("avro", data.fromConnectSchema(schema).toString());
        } catch (Exception | StackOverflowError error) {
            answer.set("avro", error(error));
        }
        answer.set("bodies", bodies);
    }

    static void read(JsonNode item, ObjectNode answer) throws Exception {
        AvroData data = avroData(item.get("config"));
        ArrayNode values = answer.putArray("values");
        for (JsonNode body : item.get("bodies")) {
            try {
                org.apache.avro.Schema schema = new org.apache.avro.Schema.Parser().parse(item.get("avro").asText());
                byte[] bytes = HexFormat.of().parseHex(body.asText());
                Object value = new GenericDatumReader<Object>(schema)
                        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
                SchemaAndValue result = data.toConnectData(schema, value);
                byte[] text = result == null ? null : converter().fromConnectData("", result.schema(), result.value());
                values.add(text == null ? null : JSON.readTree(text));
            } catch (Exception | StackOverflowError error) {
                values.add(error(error));
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path results = Path.of(arguments[1]);
        try (PrintStream out = new PrintStream(Files.newOutputStream(results), false, StandardCharsets.UTF_8)) {
            for (JsonNode item : JSON.readTree(Path.of(arguments[0]).toFile())) {
                ObjectNode answer = JSON.createObjectNode().put("case", item.get("name").asText());
                if (item.has("payloads")) write(item, answer); else read(item, answer);
                out.println(JSON.writeValueAsString(answer));
            }
        }
    }
}
