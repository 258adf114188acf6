import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Prints every property of Kafka's producer, consumer and admin client, one JSON object a line: its type, default and importance,
 * and which of several values Kafka accepts, or refuses with which messages.
 */
public class ClientProperties {
    static final String[] NUMBERS = {
        "", "x", " 7 ", "1.5", "-131073", "-131072", "-2", "-1", "0", "1", "9", "10", "17", "18", "22", "23", "900", "901", "3600", "3601", "4999",
        "5000", "86400", "86401", "2147483647", "2147483648", "9223372036854775808",
    };
    static final String[] DOUBLES = {"", "x", "-0.1", "0", "0.25", "0.26", "0.49", "0.5", "1", "1.01"};
    static final String[] TEXTS = {
        "", "x", " x ", "all", "-1", "2", "gzip", "GZIP", "zstd", "rebootstrap", "NONE", "none", "latest", "by_duration:PT1H", "by_duration:P1DT2H3M4.5S",
        "by_duration:1H", "by_duration:-PT1S", "by_duration:", "read_committed", "PLAINTEXT", "sasl_ssl", "TLS", "info", "INFO", "implicit", "batch_optimized", "RECORD_LIMIT",
        "rs256", "ES256", "consumer", "use_all_dns_ips", "default",
    };
    static final String[] LISTS = {"", "a", "a,b", "a,a", "a,,b", " a , b "};

    static String[] values(ConfigDef.Type type) {
        return switch (type) {
            case INT, LONG, SHORT -> NUMBERS;
            case DOUBLE -> DOUBLES;
            case BOOLEAN -> new String[] {"", "true", "FALSE", "yes"};
            case STRING -> TEXTS;
            case LIST -> LISTS;
            case PASSWORD -> new String[] {"", "p"};
            // Java loads the class.
            case CLASS -> new String[] {};
        };
    }

    static List<String> errors(ConfigDef definition, String name, String value) {
        for (ConfigValue found : definition.validate(Map.of(name, value))) if (found.name().equals(name)) return found.errorMessages();
        throw new IllegalStateException(name);
    }

    public static void main(String[] args) throws Exception {
        var clients = new LinkedHashMap<String, ConfigDef>();
        clients.put("producer", ProducerConfig.configDef());
        clients.put("consumer", ConsumerConfig.configDef());
        clients.put("admin", AdminClientConfig.configDef());
        var json = new ObjectMapper();
        for (var client : clients.entrySet()) {
            for (var key : new TreeMap<>(client.getValue().configKeys()).values()) {
                if (key.internalConfig) continue;
                var line = new LinkedHashMap<String, Object>();
                boolean isRequired = key.defaultValue == ConfigDef.NO_DEFAULT_VALUE;
                line.put("client", client.getKey());
                line.put("name", key.name);
                line.put("type", key.type.name());
                line.put("required", isRequired);
                line.put("default", isRequired ? null : ConfigDef.convertToString(key.defaultValue, key.type));
                line.put("importance", key.importance.name());
                // By message: NAME and VALUE stand for the property's name and the value without white space around it.
                var refused = new LinkedHashMap<String, List<String>>();
                var accepted = new ArrayList<String>();
                for (String value : values(key.type)) {
                    var errors = errors(client.getValue(), key.name, value);
                    String shown = value.trim();
                    String message = String.join("|", errors).replace("configuration " + key.name, "configuration NAME")
                        .replace("'" + key.name + "'", "'NAME'").replace("value " + value + " for", "value VALUE for")
                        .replace("value " + shown + " for", "value VALUE for").replace("`" + shown + "`", "`VALUE`");
                    if (errors.isEmpty()) accepted.add(value); else refused.computeIfAbsent(message, m -> new ArrayList<>()).add(value);
                }
                line.put("accepted", accepted);
                line.put("refused", refused);
                System.out.println(json.writeValueAsString(line));
            }
        }
    }
}
