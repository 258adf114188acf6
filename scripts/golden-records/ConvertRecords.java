import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
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
 *
 * "registry.test:1" in an option is the address of a registry with Apicurio's API, which gives schemas the ids 1, 2, … in the order
 * of their registration; in results it is in place of the registry's own address, which has the same length. With "hex": true
 * "bytes" are hexadecimal. After the results of a case that uses the registry follows {"case", "registered": [[ARTIFACT, SCHEMA], …]}.
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

    /** The requests that Apicurio's converter sends to write and to read records. */
    static class Registry {
        final List<String[]> registered = new ArrayList<>();
        final HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        final String address = "127.0.0.1:" + server.getAddress().getPort();

        Registry() throws IOException {
            server.createContext("/", this::answer);
            server.start();
        }

        synchronized void answer(HttpExchange exchange) throws IOException {
            String path = exchange.getRequestURI().getPath();
            String answer = "[]";
            String type = "application/json";
            if (exchange.getRequestMethod().equals("POST")) {
                String artifact = exchange.getRequestHeaders().getFirst("X-Registry-ArtifactId");
                String schema = text(exchange.getRequestBody().readAllBytes());
                int id = 0;
                while (id < registered.size() && !registered.get(id)[1].equals(schema)) id++;
                if (id == registered.size()) registered.add(new String[] {artifact, schema});
                answer = JSON.writeValueAsString(JSON.createObjectNode().put("id", artifact).put("version", "1").put("type", "AVRO")
                    .put("globalId", id + 1).put("contentId", id + 1).put("state", "ENABLED"));
            } else if (!path.endsWith("/references")) {
                answer = registered.get(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)) - 1)[1];
                type = "application/octet-stream";
            }
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(answer.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        }

        byte[] withoutAddress(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            return text.replace(address, ADDRESS).getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    static final String ADDRESS = "registry.test:1";

    static String text(byte[] bytes) { return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8); }

    static void convert(Converter converter, JsonNode record, Registry registry, boolean hex, ObjectNode answer) throws Exception {
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
        byte[] shown = bytes == null || registry == null ? bytes : registry.withoutAddress(bytes);
        answer.put("bytes", hex && shown != null ? HexFormat.of().formatHex(shown) : text(shown));
        if (bytes == null) return;
        try {
            SchemaAndValue decoded = converter.toConnectData(topic, headers, bytes);
            Object content = decoded.value();
            String decodedText = String.valueOf(content instanceof Map ? new TreeMap<>((Map<?, ?>) content) : content);
            answer.put("decoded", registry == null ? decodedText : decodedText.replace(registry.address, ADDRESS));
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
            Registry registry = item.get("config").toString().contains(ADDRESS) ? new Registry() : null;
            for (Iterator<Map.Entry<String, JsonNode>> fields = item.get("config").fields(); fields.hasNext();) {
                Map.Entry<String, JsonNode> option = fields.next();
                String value = option.getValue().asText();
                options.put(option.getKey(), registry == null ? value : value.replace(ADDRESS, registry.address));
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
                    convert(converter, records.get(i), registry, item.path("hex").asBoolean(), answer);
                } catch (Exception error) {
                    answer.put("error", Objects.toString(error.getMessage())).put("class", error.getClass().getName());
                }
                out.println(JSON.writeValueAsString(answer));
            }
            if (registry == null) continue;
            out.println(JSON.writeValueAsString(start.set("registered", JSON.valueToTree(registry.registered))));
            registry.server.stop(0);
        }
        out.close();
        // The client of the registry has threads.
        System.exit(0);
    }
}
