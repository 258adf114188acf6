import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Prints messages with random contents, as kafka-clients' generated classes write them, one JSON object a line: the message's name
 * and version, its bytes and its fields, and of requests and responses also a header.
 *
 * Arguments: the seed, and the names of the messages (a suffix {@code .json} is ignored).
 */
public class KafkaMessages {
    private static final int MESSAGES_PER_VERSION = 8;
    private static final String[] WORDS = {
        "", "a", "orders", "group-7", "127.0.0.1", "User:ANONYMOUS", "ünïcode", "表", "😀", "a longer text with blanks", "*",
        // From 127 bytes on, a compact length takes two bytes.
        "0123456789".repeat(13), "PLAINTEXT", "consumer", "range,roundrobin", "\u0000\t\n\""
    };
    private static final long[] NUMBERS = {0, 1, -1, 2, 5, 100, 9092, Byte.MAX_VALUE, Byte.MIN_VALUE, Short.MAX_VALUE, Short.MIN_VALUE,
        Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 1764374400000L};
    private static final ObjectMapper JSON = new ObjectMapper();
    private static Random random;

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[0]);
        for (String argument : Arrays.copyOfRange(arguments, 1, arguments.length)) {
            String name = argument.replaceAll("\\.json$", "");
            // Each message has a sequence of its own, so that a new message leaves the others unchanged.
            random = new Random(seed * 31 + name.hashCode());
            if (name.equals("StickyAssignorUserData")) printUserData();
            else new KafkaMessages(name).print();
        }
    }

    private final String name;
    private final JsonNode definition;
    private final Class<?> type;
    private final Map<String, JsonNode> commonStructs = new HashMap<>();
    private short version;

    private KafkaMessages(String name) throws Exception {
        this.name = name;
        try (InputStream stream = Message.class.getResourceAsStream("/common/message/" + name + ".json")) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            definition = JSON.readTree(text.replaceAll("(?m)^\\s*//.*$", ""));
        }
        String suffix = definition.get("type").asText().equals("data") ? "" : "Data";
        type = Class.forName("org.apache.kafka.common.message." + name + suffix);
        for (JsonNode struct : definition.path("commonStructs")) commonStructs.put(struct.get("name").asText(), struct);
    }

    private void print() throws Exception {
        Class<?> converter = Class.forName(type.getName() + "JsonConverter");
        Method write = converter.getMethod("write", type, short.class, boolean.class);
        int[] versions = range(definition.get("validVersions").asText());
        ApiKeys key = definition.has("apiKey") ? ApiKeys.forId(definition.get("apiKey").asInt()) : null;
        short last = key == null ? (short) versions[1] : key.latestVersion(false);
        for (version = (short) versions[0]; version <= last; version++) {
            for (int index = 0; index < MESSAGES_PER_VERSION; index++) {
                Message message = (Message) type.getConstructor().newInstance();
                // The first message has the default values, apart from what has none.
                if (index > 0) fill(message, definition.get("fields"), type);
                ObjectNode line = JSON.createObjectNode();
                line.put("message", name).put("version", version);
                line.put("bytes", text(message, version));
                line.set("fields", (JsonNode) write.invoke(null, message, version, true));
                if (key != null) addHeader(line, key);
                System.out.println(JSON.writeValueAsString(line));
            }
        }
    }

    private void addHeader(ObjectNode line, ApiKeys key) {
        int correlationId = (int) NUMBERS[random.nextInt(NUMBERS.length)];
        line.put("correlationId", correlationId);
        if (name.endsWith("Request")) {
            String clientId = random.nextInt(4) == 0 ? null : WORDS[random.nextInt(WORDS.length)];
            line.put("clientId", clientId);
            line.put("header", text(new RequestHeaderData().setRequestApiKey(key.id).setRequestApiVersion(version)
                    .setCorrelationId(correlationId).setClientId(clientId), key.requestHeaderVersion(version)));
        } else {
            ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
            line.put("header", text(header, key.responseHeaderVersion(version)));
        }
    }

    private void fill(Object object, JsonNode fields, Class<?> type) throws Exception {
        for (JsonNode field : fields) {
            if (!contains(field.get("versions").asText(), version)) continue;
            // A tagged field with its default value is left out.
            if (field.has("tag") && (random.nextBoolean() || !contains(field.get("taggedVersions").asText(), version))) continue;
            Method setter = Arrays.stream(type.getMethods())
                    .filter(method -> method.getName().equalsIgnoreCase("set" + field.get("name").asText())).findFirst().orElseThrow();
            boolean isNullable = contains(field.path("nullableVersions").asText("none"), version);
            Object value = isNullable && random.nextInt(3) == 0 ? null : value(field, field.get("type").asText(), setter.getParameterTypes()[0]);
            setter.invoke(object, value);
        }
    }

    private Object value(JsonNode field, String kind, Class<?> type) throws Exception {
        if (kind.startsWith("[]")) return array(field, kind.substring(2), type);
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        return switch (kind) {
            case "bool" -> random.nextBoolean();
            case "int8" -> (byte) number;
            case "int16" -> (short) number;
            case "uint16" -> (int) number & 0xFFFF;
            case "int32" -> (int) number;
            case "int64" -> number;
            case "float64" -> number / 8.0;
            case "string" -> WORDS[random.nextInt(WORDS.length)];
            case "uuid" -> new Uuid(random.nextLong(), random.nextLong());
            case "bytes" -> type == ByteBuffer.class ? ByteBuffer.wrap(bytes()) : bytes();
            case "records" -> MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
            default -> struct(field, kind);
        };
    }

    private Object array(JsonNode field, String element, Class<?> type) throws Exception {
        int count = random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(3);
        @SuppressWarnings("unchecked")
        Collection<Object> elements = type == List.class ? new ArrayList<>() : (Collection<Object>) type.getConstructor().newInstance();
        for (int index = 0; index < count; index++) elements.add(value(field, element, List.class));
        return elements;
    }

    private Object struct(JsonNode field, String kind) throws Exception {
        Class<?> type = Class.forName(this.type.getName() + "$" + kind);
        Object struct = type.getConstructor().newInstance();
        fill(struct, field.has("fields") ? field.get("fields") : commonStructs.get(kind).get("fields"), type);
        return struct;
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(12)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String text(Message message, short version) {
        return text(MessageUtil.toByteBufferAccessor(message, version).buffer());
    }

    private static String text(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static int[] range(String versions) {
        if (versions.endsWith("+")) return new int[] {Integer.parseInt(versions.replace("+", "")), Short.MAX_VALUE};
        String[] ends = versions.split("-");
        return new int[] {Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])};
    }

    private static boolean contains(String versions, int version) {
        return !versions.equals("none") && range(versions)[0] <= version && version <= range(versions)[1];
    }

    /** The schemas of the sticky assignor have no generated class. */
    private static void printUserData() throws Exception {
        for (int version = 0; version <= 1; version++) {
            Field field = StickyAssignor.class.getDeclaredField("STICKY_ASSIGNOR_USER_DATA_V" + version);
            field.setAccessible(true);
            Schema schema = (Schema) field.get(null);
            for (int index = 0; index < MESSAGES_PER_VERSION; index++) {
                Struct data = new Struct(schema);
                ObjectNode fields = JSON.createObjectNode();
                ArrayNode topics = fields.putArray("previousAssignment");
                List<Struct> assignments = new ArrayList<>();
                for (int topic = 0; topic < index; topic++) {
                    String name = WORDS[random.nextInt(WORDS.length)];
                    Integer[] partitions = IntStream.range(0, topic).boxed().toArray(Integer[]::new);
                    assignments.add(data.instance("previous_assignment").set("topic", name).set("partitions", partitions));
                    topics.addObject().put("topic", name).set("partitions", JSON.valueToTree(partitions));
                }
                data.set("previous_assignment", assignments.toArray());
                if (version > 0) {
                    data.set("generation", (int) NUMBERS[index]);
                    fields.put("generation", (int) NUMBERS[index]);
                }
                ByteBuffer buffer = ByteBuffer.allocate(schema.sizeOf(data));
                schema.write(buffer, data);
                ObjectNode line = JSON.createObjectNode();
                line.put("message", "StickyAssignorUserData").put("version", version).put("bytes", text(buffer.flip()));
                System.out.println(JSON.writeValueAsString(line.set("fields", fields)));
            }
        }
    }
}
