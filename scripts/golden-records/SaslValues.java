import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerClientInitialResponse;
import org.apache.kafka.common.security.oauthbearer.internals.expiring.ExpiringCredential;
import org.apache.kafka.common.security.oauthbearer.internals.expiring.ExpiringCredentialRefreshConfig;
import org.apache.kafka.common.security.oauthbearer.internals.expiring.ExpiringCredentialRefreshingLogin;
import org.apache.kafka.common.security.oauthbearer.internals.secured.ClientSecretRequestFormatter;
import org.apache.kafka.common.security.oauthbearer.internals.secured.JwtBearerRequestFormatter;
import org.apache.kafka.common.security.oauthbearer.internals.secured.assertion.AssertionUtils;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;

/**
 * What Kafka's own classes compute for SCRAM and OAUTHBEARER. Prints lines of fields separated by tabs; texts and bytes are
 * hexadecimal. The argument is the folder of the keys (Fixtures/tls).
 */
public class SaslValues {
    static String hex(byte[] bytes) { return HexFormat.of().formatHex(bytes); }
    static String hex(String text) { return hex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)); }
    static void print(Object... fields) {
        StringBuilder line = new StringBuilder();
        for (Object field : fields) line.append(line.length() == 0 ? "" : "\t").append(field);
        System.out.println(line);
    }

    record Credential(Long startTimeMs, long expireTimeMs) implements ExpiringCredential {
        public String principalName() { return "test"; }
        public Long absoluteLastRefreshTimeMs() { return null; }
    }

    static long refreshTime(long now, Long start, long end, double factor, short minPeriod, short buffer) throws Exception {
        Map<String, Object> configs = Map.of(
            "sasl.login.refresh.window.factor", factor, "sasl.login.refresh.window.jitter", 0.0,
            "sasl.login.refresh.min.period.seconds", minPeriod, "sasl.login.refresh.buffer.seconds", buffer);
        Configuration none = new Configuration() {
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) { return null; }
        };
        var login = new ExpiringCredentialRefreshingLogin("test", none,
            new ExpiringCredentialRefreshConfig(configs, true), null, SaslValues.class) {
            public ExpiringCredential expiringCredential() { return null; }
        };
        Field credential = ExpiringCredentialRefreshingLogin.class.getDeclaredField("expiringCredential");
        credential.setAccessible(true);
        credential.set(login, new Credential(start, end));
        Method refresh = ExpiringCredentialRefreshingLogin.class.getDeclaredMethod("refreshMs", long.class);
        refresh.setAccessible(true);
        return (Long) refresh.invoke(login, now);
    }

    public static void main(String[] args) throws Exception {
        byte[] salt = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
        for (String password : new String[] {"pencil", "p\u00e9\u00aa\u2168\u00adx", "a,b=c", " blanks ", "\ud83d\ude00\u0301"}) {
            for (ScramMechanism mechanism : ScramMechanism.values()) {
                ScramFormatter formatter = new ScramFormatter(mechanism);
                byte[] salted = formatter.saltedPassword(password, salt, 4096);
                print("scram", mechanism.mechanismName(), hex(password), hex(salt), hex(formatter.clientKey(salted)),
                    hex(formatter.serverKey(salted)), hex(ScramFormatter.saslName(password)));
            }
        }
        print("oauth-initial", hex("abc.def.ghi"), "", hex(new OAuthBearerClientInitialResponse("abc.def.ghi", new SaslExtensions(Map.of())).toBytes()));
        print("oauth-initial", hex("a.b."), hex("traceId=1 2"),
            hex(new OAuthBearerClientInitialResponse("a.b.", new SaslExtensions(Map.of("traceId", "1 2"))).toBytes()));
        String key = Files.readString(Path.of(args[0], "rsa-key.pem"));
        print("rs256", hex("header.payload"), AssertionUtils.sign("RS256",
            AssertionUtils.privateKey(AssertionUtils.stripPemEncoding(key), "RS256", Optional.empty()), "header.payload"));
        for (boolean encoded : new boolean[] {false, true}) {
            var formatter = new ClientSecretRequestFormatter("my id:x", "s\u00e9cret+/ ~*", "scope", encoded);
            print("client-secret", encoded, hex("my id:x"), hex("s\u00e9cret+/ ~*"), formatter.formatHeaders().get("Authorization"),
                hex(formatter.formatBody()));
        }
        print("jwt-bearer", hex("a.b.c"), hex("one two"), hex(new JwtBearerRequestFormatter("one two", () -> "a.b.c").formatBody()));
        long now = 1_800_000_000_000L;
        Object[][] cases = {
            {now, now, now + 3_600_000L, 0.8, 60, 300}, {now, null, now + 3_600_000L, 0.8, 60, 300},
            {now, now - 1_000_000L, now + 2_600_000L, 0.8, 60, 300}, {now, now, now + 300_000L, 0.8, 60, 300},
            {now, now, now + 360_000L, 0.8, 60, 300}, {now, now, now + 361_000L, 0.8, 60, 300},
            {now, now, now + 3_600_000L, 1.0, 60, 300}, {now, now, now + 3_600_000L, 0.5, 900, 300},
            {now, now, now + 3_600_000L, 0.5, 900, 3600}, {now, now - 3_000_000L, now + 600_000L, 0.8, 60, 300},
            {now, now, now + 10_000L, 0.8, 0, 0}, {now, now, now + 86_400_000L, 0.85, 60, 300},
        };
        for (Object[] c : cases) {
            print("refresh", c[0], c[1] == null ? "" : c[1], c[2], c[3], c[4], c[5], refreshTime((Long) c[0], (Long) c[1], (Long) c[2],
                (Double) c[3], ((Integer) c[4]).shortValue(), ((Integer) c[5]).shortValue()));
        }
    }
}
