import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/**
 * Reads messages as KafkaMessages prints them and prints for each request the answer with an error, as
 * {@code AbstractRequest.getErrorResponse} makes it, one JSON object a line: the number of the request's line, its message and version,
 * and the answer's bytes. Requests that Kafka's classes refuse are left out.
 */
public class RequestErrors {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode vector = JSON.readTree(line);
            String name = vector.get("message").asText();
            number++;
            if (!name.endsWith("Request")) continue;
            short version = (short) vector.get("version").asInt();
            ApiKeys key = ApiKeys.forId(ByteBuffer.wrap(Base64.getDecoder().decode(vector.get("header").asText())).getShort());
            ObjectNode answer = JSON.createObjectNode().put("line", number).put("message", name).put("version", version);
            try {
                ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(vector.get("bytes").asText()));
                AbstractRequest request = AbstractRequest.parseRequest(key, version, new ByteBufferAccessor(bytes)).request;
                AbstractResponse response = request.getErrorResponse(7, Errors.NOT_COORDINATOR.exception());
                if (response == null) answer.putNull("bytes");
                else {
                    ByteBuffer buffer = MessageUtil.toByteBufferAccessor(response.data(), version).buffer();
                    byte[] array = new byte[buffer.remaining()];
                    buffer.get(array);
                    answer.put("bytes", Base64.getEncoder().encodeToString(array));
                }
            } catch (Exception error) {
                System.err.println(name + " " + version + ": " + error);
                continue;
            }
            System.out.println(JSON.writeValueAsString(answer));
        }
    }
}
