import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;

/**
 * Prints how converters encode values of every type: an object with an element for each case, named as in the test that
 * builds the same values, and in it one for each converter. That is the text, "0x" and the bytes for converters that do
 * not write texts, null, or "error: MESSAGE".
 *
 *   java ConvertValues.java 'NAME CLASS OPTION=VALUE…' …
 *
 * Each argument is a converter, or a class that converts headers only.
 */
public class ConvertValues {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Map<String, Object> CONVERTERS = new LinkedHashMap<>();
    static final ObjectNode CASES = JSON.createObjectNode();

    static void add(String name, Schema schema, Object value) {
        ObjectNode answers = CASES.putObject(name);
        CONVERTERS.forEach((setting, converter) -> {
            try {
                byte[] bytes = converter instanceof Converter data
                        ? data.fromConnectData("t", schema, value)
                        : ((HeaderConverter) converter).fromConnectHeader("t", "h", schema, value);
                answers.put(setting, bytes == null ? null : text(converter, bytes));
            } catch (Exception error) {
                answers.put(setting, "error: " + error.getMessage());
            }
        });
    }

    static String text(Object converter, byte[] bytes) {
        String name = converter.getClass().getSimpleName();
        if (name.startsWith("Json") || name.startsWith("Simple") || name.startsWith("String") && !hasNull(bytes)) {
            // The hash code of an array's identity.
            return new String(bytes, StandardCharsets.UTF_8).replaceAll("\\[B@[0-9a-f]+", "[B@?");
        }
        StringBuilder text = new StringBuilder("0x");
        for (byte b : bytes) text.append(String.format("%02x", b));
        return text.toString();
    }

    static boolean hasNull(byte[] bytes) {
        for (byte b : bytes) if (b == 0) return true;
        return false;
    }

    static Object converter(String[] words) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 2; i < words.length; i++) options.put(words[i].split("=", 2)[0], words[i].split("=", 2)[1]);
        Object converter = Class.forName(words[1]).getDeclaredConstructor().newInstance();
        if (converter instanceof Converter data) data.configure(options, false);
        else ((HeaderConverter) converter).configure(options);
        return converter;
    }

    static BigDecimal decimal(String text) { return new BigDecimal(text); }

    static List<Object> list(Object... items) { return new ArrayList<>(Arrays.asList(items)); }

    static Map<Object, Object> map(Object... entries) {
        Map<Object, Object> map = new HashMap<>();
        for (int i = 0; i < entries.length; i += 2) map.put(entries[i], entries[i + 1]);
        return map;
    }

    public static void main(String[] args) throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        for (String argument : args) CONVERTERS.put(argument.split(" ")[0], converter(argument.split(" ")));

        add("nothing", null, null);
        add("schemaless text", null, "a\"b");
        add("schemaless number", null, 5L);
        add("schemaless list", null, list(1L, "x", true));
        add("schemaless map", null, map("k", 1.5));
        add("schemaless pairs", null, map(1L, "v"));
        add("schemaless boolean", null, false);
        add("schemaless float", null, -2.5);
        add("schemaless bytes", null, new byte[] {1, 2});
        add("schemaless date", null, new java.util.Date(1_767_323_045_678L));
        add("schemaless date in a list", null, list(new java.util.Date(86_400_000L), new java.util.Date(-1L)));
        for (Object item : list("int8", "int16", "int32", "int64")) {
            String name = (String) item;
            long value = -100;
            Object number = switch (name) {
                case "int8" -> (byte) value;
                case "int16" -> (short) value;
                case "int32" -> (int) value;
                default -> value;
            };
            add(name, new SchemaBuilder(Schema.Type.valueOf(name.toUpperCase())).build(), number);
        }
        add("smallest int64", Schema.INT64_SCHEMA, Long.MIN_VALUE);
        add("largest int64", Schema.INT64_SCHEMA, Long.MAX_VALUE);
        add("boolean", Schema.BOOLEAN_SCHEMA, true);
        add("float32", Schema.FLOAT32_SCHEMA, 3.14f);
        add("float32 nan", Schema.FLOAT32_SCHEMA, Float.NaN);
        add("float64", Schema.FLOAT64_SCHEMA, 1e21);
        add("float64 infinity", Schema.FLOAT64_SCHEMA, Double.NEGATIVE_INFINITY);
        add("string", Schema.STRING_SCHEMA, "\u0000\u0001\b\t\n\u000b\f\r\u001f \"\\/<>&'\u007f\u0080\u00e9\u2028\ud83d\ude00");
        add("bytes", Schema.BYTES_SCHEMA, new byte[] {0, -1, 16, 63, -128});
        add("empty bytes", Schema.BYTES_SCHEMA, ByteBuffer.wrap(new byte[0]));
        add("optional null", Schema.OPTIONAL_STRING_SCHEMA, null);
        add("required null", Schema.STRING_SCHEMA, null);
        add("null with default", SchemaBuilder.int32().optional().defaultValue(7).build(), null);
        add("required null with default", SchemaBuilder.string().defaultValue("d\"").build(), null);
        add("decimal", Decimal.schema(2), decimal("1.56"));
        add("decimal negative", Decimal.schema(5), decimal("-0.00001"));
        add("decimal small", Decimal.builder(7).optional().build(), decimal("0.0000001"));
        add("decimal zero", Decimal.schema(10), decimal("0E-10"));
        add("decimal of scale zero", Decimal.schema(0), decimal("-18446744073709551616"));
        add("decimal with default", Decimal.builder(3).optional().defaultValue(decimal("1.500")).build(), null);
        add("decimal large", Decimal.schema(30), decimal("12345678901234567890123456789012345.012345678901234567890123456789"));
        add("decimal large negative", Decimal.schema(1), new BigDecimal(BigInteger.TWO.pow(127).negate(), 1));
        add("decimal negative scale", Decimal.schema(-3), new BigDecimal(BigInteger.valueOf(120), -3));
        add("bits", SchemaBuilder.bytes().name("io.debezium.data.Bits").version(1).parameter("length", "9").build(), new byte[] {1, 2});
        add("buffer", Schema.BYTES_SCHEMA, ByteBuffer.wrap(new byte[] {7, 8, 9}));
        add("boolean false", Schema.OPTIONAL_BOOLEAN_SCHEMA, false);
        add("date", Date.SCHEMA, new java.util.Date(86_400_000L * 20_000));
        add("time", Time.SCHEMA, new java.util.Date(3_723_004L));
        add("timestamp", Timestamp.SCHEMA, new java.util.Date(1_767_323_045_678L));
        add("timestamp of midnight", Timestamp.SCHEMA, new java.util.Date(86_400_000L * 20_000));
        add("timestamp before 1970", Timestamp.SCHEMA, new java.util.Date(-1L));
        Schema list = SchemaBuilder.array(Schema.OPTIONAL_FLOAT32_SCHEMA).name("l").version(3).doc("a list").build();
        add("array", list, list(1.5f, null, -0f));
        for (String literal : new String[] {"[1,\"a\",null,[true,{\"k\":1.5}]]", "[]", "{\"a\":null}", "{\"a\":[1,\"x\"]}", "{}"}) {
            SchemaAndValue parsed = Values.parseString(literal);
            Object content = parsed.value() instanceof Map<?, ?> entries ? new HashMap<>(entries) : parsed.value();
            add("literal " + literal, parsed.schema(), content);
        }
        Schema map = SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT32_SCHEMA).optional().build();
        add("map", map, map("a\"", 1));
        add("empty map", map, map());
        Schema pairs = SchemaBuilder.map(Schema.INT32_SCHEMA, Schema.STRING_SCHEMA).build();
        add("map of numbers", pairs, map(1, "x"));
        Schema inner = SchemaBuilder.struct().name("inner").optional().field("x", Schema.FLOAT64_SCHEMA)
                .field("y", SchemaBuilder.string().optional().defaultValue("why").build()).build();
        Schema outer = SchemaBuilder.struct().name("outer").version(2).doc("doc").parameter("p", "1").parameter("q", "\"")
                .field("id", SchemaBuilder.int32().defaultValue(0).build()).field("inner", inner).field("again", inner)
                .field("list", SchemaBuilder.array(inner).optional().build()).field("na\"me", Schema.BYTES_SCHEMA).build();
        Struct value = new Struct(inner).put("x", 2.0);
        add("struct", outer, new Struct(outer).put("id", 1).put("inner", value).put("list", list(value)).put("na\"me", new byte[] {1}));
        Schema many = SchemaBuilder.struct().name("many").field("d", Decimal.schema(3)).field("t", Timestamp.SCHEMA).field("day", Date.SCHEMA)
                .field("l", SchemaBuilder.array(SchemaBuilder.array(Schema.INT8_SCHEMA).build()).build()).field("m", map).field("b", Schema.BYTES_SCHEMA)
                .field("f", Schema.FLOAT32_SCHEMA).field("n", inner).build();
        add("struct of all", many, new Struct(many).put("d", decimal("-0.500")).put("t", new java.util.Date(-62_135_769_600_001L))
                .put("day", new java.util.Date(-12_219_379_200_000L)).put("l", list(list((byte) 1, (byte) -2), list())).put("m", map("k", 3))
                .put("b", ByteBuffer.wrap(new byte[] {1})).put("f", 1e10f).put("n", value));
        add("empty struct", SchemaBuilder.struct().build(), new Struct(SchemaBuilder.struct().build()));
        System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(CASES));
    }
}
