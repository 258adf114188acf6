import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.file.FileStreamSinkTask;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Prints what Kafka's FileStreamSinkTask writes for values that the JsonConverter reads from texts: a JSON object per line
 * with the text, whether it has a schema, and what was written. Texts that the converter refuses are left out. The
 * identities of arrays of bytes are left out, too.
 *
 *   java SinkLines.java INPUTS
 */
public class SinkLines {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper json = new ObjectMapper();
        for (boolean hasSchema : new boolean[] {true, false}) {
            JsonConverter converter = new JsonConverter();
            converter.configure(Map.of("schemas.enable", String.valueOf(hasSchema)), false);
            for (String text : Files.readAllLines(Path.of(arguments[0]))) {
                SchemaAndValue value;
                try {
                    value = converter.toConnectData("t", text.getBytes(StandardCharsets.UTF_8));
                } catch (DataException e) {
                    continue;
                }
                ByteArrayOutputStream written = new ByteArrayOutputStream();
                FileStreamSinkTask task = new FileStreamSinkTask(new PrintStream(written, true, StandardCharsets.UTF_8));
                task.put(List.of(new SinkRecord("t", 0, null, null, value.schema(), value.value(), 0)));
                ObjectNode line = json.createObjectNode();
                line.put("text", text).put("hasSchema", hasSchema)
                    .put("written", written.toString(StandardCharsets.UTF_8).replaceAll("\\[B@[0-9a-f]+", "[B@"));
                System.out.println(json.writeValueAsString(line));
            }
        }
    }
}
