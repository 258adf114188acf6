import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Checks which combinations of ssl.keystore.* and ssl.truststore.* Kafka accepts, without the files. Prints for each:
 * key or trust, the type, which of location, password, key and certificates are given (one letter each), and the message of the
 * exception, or a dash if the combination is accepted.
 */
public class SslStores {
    static String ask(Method method, Object... arguments) throws Exception {
        try {
            method.setAccessible(true);
            method.invoke(new DefaultSslEngineFactory(), arguments);
            return "-";
        } catch (InvocationTargetException e) {
            String message = e.getCause().getMessage();
            // Errors in the contents of a store are not relevant.
            boolean isCombination = message.startsWith("SSL ") || message.startsWith("Both SSL ");
            return isCombination ? message : "-";
        }
    }

    static Password password(boolean isGiven) { return isGiven ? new Password("p") : null; }

    public static void main(String[] args) throws Exception {
        Class<?> factory = DefaultSslEngineFactory.class;
        Method key = factory.getDeclaredMethod("createKeystore", String.class, String.class, Password.class, Password.class,
            Password.class, Password.class);
        Method trust = factory.getDeclaredMethod("createTruststore", String.class, String.class, Password.class, Password.class);
        for (String type : new String[] {"JKS", "PKCS12", "PEM"}) {
            for (int bits = 0; bits < 16; bits++) {
                boolean l = (bits & 8) != 0, p = (bits & 4) != 0, k = (bits & 2) != 0, c = (bits & 1) != 0;
                String given = (l ? "l" : "") + (p ? "p" : "") + (k ? "k" : "") + (c ? "c" : "");
                String path = l ? "/missing" : null;
                System.out.println("key\t" + type + "\t" + given + "\t"
                    + ask(key, type, path, password(p), null, password(k), password(c)));
                if (!k) System.out.println("trust\t" + type + "\t" + given + "\t" + ask(trust, type, path, password(p), password(c)));
            }
        }
    }
}
