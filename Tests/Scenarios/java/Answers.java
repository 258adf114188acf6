import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Prints one line for each question: its name and the answer or the error, without what two clusters cannot have in common
 * (addresses, ids, directories). Lines are comparable between brokers.
 */
final class Answers {
    private static final int TIMEOUT_SECONDS = 30;
    private final Map<String, String> names = new TreeMap<>((a, b) -> a.length() != b.length() ? b.length() - a.length() : a.compareTo(b));

    /** From now on, {@code value} is printed as {@code name}. */
    void call(String value, String name) {
        names.put(value, name);
    }

    void ask(String question, Callable<?> answer) {
        String text;
        try {
            text = text(answer.call());
        } catch (Throwable error) {
            text = error(error);
        }
        print(question, text);
    }

    void print(String question, String text) {
        for (Map.Entry<String, String> name : names.entrySet()) text = text.replace(name.getKey(), name.getValue());
        text = text.replaceAll("(127\\.0\\.0\\.1|localhost):\\d+", "HOST:PORT")
            // The ids of members that a broker has generated.
            .replaceAll("-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "-UUID");
        System.out.println(question + ": " + text.replace("\n", "\\n"));
    }

    /** One line for each key, since one may fail where another succeeds. */
    void askEach(String question, Callable<? extends Map<?, ? extends KafkaFuture<?>>> call) {
        Map<?, ? extends KafkaFuture<?>> futures;
        try {
            futures = call.call();
        } catch (Throwable error) {
            print(question, error(error));
            return;
        }
        Map<String, KafkaFuture<?>> sorted = new TreeMap<>();
        futures.forEach((key, future) -> sorted.put(text(key), future));
        sorted.forEach((key, future) -> ask(question + " " + (key.length() > 60 ? key.length() + " characters" : key), () -> get(future)));
    }

    static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    static String error(Throwable error) {
        while (error instanceof ExecutionException && error.getCause() != null) error = error.getCause();
        // Its message has times and numbers of attempts.
        if (error instanceof TimeoutException) return "TimeoutException";
        return error.getClass().getSimpleName() + ": " + error.getMessage();
    }

    static String text(Object value) {
        if (value == null) return "null";
        if (value instanceof Optional<?> optional) return optional.map(Answers::text).orElse("none");
        if (value instanceof OptionalInt optional) return optional.isPresent() ? "" + optional.getAsInt() : "none";
        if (value instanceof OptionalLong optional) return optional.isPresent() ? "" + optional.getAsLong() : "none";
        if (value instanceof Throwable error) return error(error);
        if (value instanceof Uuid id) return id.equals(Uuid.ZERO_UUID) ? "ZERO" : "UUID";
        if (value instanceof Node node) return node.isEmpty() ? "no node" : "node " + node.id() + (node.isFenced() ? " fenced" : "");
        if (value instanceof byte[] bytes) return Arrays.toString(bytes);
        if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, entry) -> sorted.put(text(key), text(entry)));
            return sorted.toString();
        }
        if (value instanceof Collection<?> collection) {
            List<String> sorted = new ArrayList<>(collection.stream().map(Answers::text).toList());
            if (!(value instanceof List)) sorted.sort(null);
            return sorted.toString();
        }
        return value.toString();
    }

    /** In the order of the texts, whatever the order of the answer. */
    static List<String> sorted(Collection<?> values) {
        return values.stream().map(Answers::text).sorted().toList();
    }
}
