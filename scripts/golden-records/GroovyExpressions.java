import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.script.Bindings;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.codehaus.groovy.runtime.InvokerHelper;

/**
 * Evaluates expressions with Groovy's script engine, with the variables that Debezium gives to it. Arguments: the
 * expressions, the records (format of TransformRecords.java), the file for the results.
 *
 * A result is one line: {"record", "expression"} and {"class", "text"}, {"error": EXCEPTION, "message"}, or
 * {"refused": MESSAGE} for an expression that Groovy cannot compile.
 */
public class GroovyExpressions {
    /** The members of Debezium's class of the same name. */
    public static class RecordHeader {
        public final Object value;
        public final Schema schema;

        public RecordHeader(Schema schema, Object value) {
            this.schema = schema;
            this.value = value;
        }
    }

    static final ObjectMapper JSON = new ObjectMapper();
    static final JsonConverter CONVERTER = new JsonConverter();

    static SchemaAndValue read(JsonNode node) throws Exception {
        if (node == null || node.isNull()) return SchemaAndValue.NULL;
        SchemaAndValue read = CONVERTER.toConnectData("", JSON.writeValueAsBytes(node));
        if (read.value() instanceof Struct struct) {
            // Debezium's connectors give buffers.
            for (var field : struct.schema().fields()) {
                if (struct.get(field) instanceof byte[] bytes) struct.put(field, ByteBuffer.wrap(bytes));
            }
        }
        return read;
    }

    static void bind(Bindings bindings, JsonNode record) throws Exception {
        SchemaAndValue key = read(record.get("key")), value = read(record.get("value"));
        Map<String, RecordHeader> headers = new HashMap<>();
        if (record.has("headers")) {
            for (JsonNode header : record.get("headers")) {
                SchemaAndValue read = read(header.get(1));
                headers.put(header.get(0).asText(), new RecordHeader(read.schema(), read.value()));
            }
        }
        bindings.put("key", key.value());
        bindings.put("value", value.value());
        bindings.put("keySchema", key.schema());
        bindings.put("valueSchema", value.schema());
        bindings.put("topic", record.get("topic").asText());
        bindings.put("headers", headers);
    }

    static void evaluate(ScriptEngine engine, String expression, JsonNode record, ObjectNode result) throws Exception {
        CompiledScript script;
        try {
            script = ((Compilable) engine).compile(expression);
        } catch (Exception error) {
            result.put("refused", String.valueOf(error.getMessage()).lines().filter(line -> line.contains("@ line")).findFirst().orElse(""));
            return;
        }
        Bindings bindings = engine.createBindings();
        bind(bindings, record);
        try {
            Object value = script.eval(bindings);
            result.put("class", value == null ? "null" : value.getClass().getName());
            result.put("text", InvokerHelper.toString(value));
        } catch (Throwable error) {
            Throwable cause = error;
            while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
            result.put("error", cause.getClass().getName());
            result.put("message", cause.getMessage());
        }
    }

    public static void main(String[] arguments) throws Exception {
        CONVERTER.configure(Map.of("schemas.enable", "true", "replace.null.with.default", "false"), false);
        JsonNode records = JSON.readTree(Files.readString(Path.of(arguments[1])));
        ScriptEngine engine = new ScriptEngineManager().getEngineByName("groovy");
        String record = "";
        try (PrintStream out = new PrintStream(arguments[2], StandardCharsets.UTF_8)) {
            for (String line : Files.readAllLines(Path.of(arguments[0]))) {
                if (line.isEmpty() || line.startsWith("#")) continue;
                if (line.startsWith("@ ")) {
                    record = line.substring(2);
                    continue;
                }
                ObjectNode result = JSON.createObjectNode().put("record", record).put("expression", line);
                evaluate(engine, line.replace("⏎", "\n"), records.get(record), result);
                out.println(result);
            }
        }
    }
}
