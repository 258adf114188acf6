import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.common.acl.*;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The methods of AdminClient for ACLs, SCRAM credentials, quotas and delegation tokens. */
final class SecurityAnswers {
    private final Admin admin;
    private final Answers answers;

    SecurityAnswers(AdminAnswers run) {
        admin = run.admin;
        answers = run.answers;
    }

    void print() {
        acls();
        users();
        quotas();
        tokens();
    }

    private void acls() {
        AclBinding binding = new AclBinding(new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL),
            new AccessControlEntry("User:alice", "*", AclOperation.READ, AclPermissionType.ALLOW));
        answers.ask("describeAcls", () -> Answers.get(admin.describeAcls(AclBindingFilter.ANY).values()));
        answers.ask("createAcls", () -> Answers.get(admin.createAcls(List.of(binding)).all()));
        answers.ask("deleteAcls", () -> Answers.get(admin.deleteAcls(List.of(AclBindingFilter.ANY)).all()));
    }

    private static UserScramCredentialUpsertion upsertion(String user, ScramMechanism mechanism, int iterations) {
        return new UserScramCredentialUpsertion(user, new ScramCredentialInfo(mechanism, iterations), "secret".getBytes(), "salt".getBytes());
    }

    private void alter(String question, UserScramCredentialAlteration... alterations) {
        answers.askEach("alterUserScramCredentials " + question, () -> admin.alterUserScramCredentials(List.of(alterations)).values());
    }

    private void describe(String question, List<String> users) {
        DescribeUserScramCredentialsResult result = admin.describeUserScramCredentials(users);
        answers.ask(question, () -> {
            Map<String, Object> credentials = new TreeMap<>();
            for (UserScramCredentialsDescription user : Answers.get(result.all()).values()) {
                // Real Kafka is started with a user of its own.
                if (!user.name().equals("cdcd")) credentials.put(user.name(), Answers.sorted(user.credentialInfos()));
            }
            return credentials;
        });
        if (users == null) return;
        for (String user : users.stream().distinct().toList()) {
            answers.ask(question + " " + user, () -> Answers.sorted(Answers.get(result.description(user)).credentialInfos()));
        }
    }

    private void users() {
        ScramMechanism sha256 = ScramMechanism.SCRAM_SHA_256, sha512 = ScramMechanism.SCRAM_SHA_512;
        describe("describeUserScramCredentials of none", null);
        alter("create", upsertion("alice", sha256, 4096), upsertion("alice", sha512, 8192), upsertion("bob", sha256, 16384));
        describe("describeUserScramCredentials", null);
        describe("describeUserScramCredentials of two", List.of("alice", "absent"));
        describe("describeUserScramCredentials repeated", List.of("alice", "alice"));
        alter("iterations", upsertion("carol", sha256, 4095), upsertion("dave", sha256, 16385), upsertion("erin", sha256, 0));
        alter("name", upsertion("", sha256, 4096));
        alter("long name", upsertion("x".repeat(300), sha256, 4096));
        alter("delete a long name", new UserScramCredentialDeletion("x".repeat(300), sha256));
        alter("twice", upsertion("frank", sha256, 4096), new UserScramCredentialDeletion("frank", sha256));
        alter("twice, the other way", new UserScramCredentialDeletion("frank", sha256), upsertion("frank", sha256, 4096));
        alter("two upsertions", upsertion("frank", sha256, 4096), upsertion("frank", sha256, 8192));
        alter("one is wrong", upsertion("grace", sha256, 4096), upsertion("grace", sha512, 1), upsertion("heidi", sha256, 4096));
        alter("unknown mechanism", upsertion("ivan", ScramMechanism.UNKNOWN, 4096));
        alter("delete an unknown mechanism", new UserScramCredentialDeletion("alice", ScramMechanism.UNKNOWN));
        alter("empty password", new UserScramCredentialUpsertion("judy", new ScramCredentialInfo(sha256, 4096), new byte[0], "salt".getBytes()));
        alter("empty salt", new UserScramCredentialUpsertion("kate", new ScramCredentialInfo(sha256, 4096), "p".getBytes(), new byte[0]));
        alter("delete absent", new UserScramCredentialDeletion("absent", sha256), new UserScramCredentialDeletion("bob", sha512));
        alter("delete", new UserScramCredentialDeletion("alice", sha512), new UserScramCredentialDeletion("bob", sha256));
        alter("no name", new UserScramCredentialDeletion("", sha256));
        describe("describeUserScramCredentials in the end", null);
    }

    private void quotas() {
        ClientQuotaEntity user = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "alice"));
        answers.askEach("alterClientQuotas", () -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
            user, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1000.0))))).values());
        answers.askEach("alterClientQuotas unknown", () -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
            user, List.of(new ClientQuotaAlteration.Op("strange_rate", 1000.0))))).values());
        answers.ask("describeClientQuotas", () -> Answers.get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()));
        answers.ask("describeClientQuotas of a user", () -> Answers.get(admin.describeClientQuotas(ClientQuotaFilter.contains(
            List.of(ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.USER, "bob")))).entities()));
        answers.askEach("alterClientQuotas remove", () -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
            user, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", null))))).values());
    }

    private void tokens() {
        answers.ask("createDelegationToken", () -> Answers.get(admin.createDelegationToken().delegationToken()));
        answers.ask("renewDelegationToken", () -> Answers.get(admin.renewDelegationToken(new byte[] {1}).expiryTimestamp()));
        answers.ask("expireDelegationToken", () -> Answers.get(admin.expireDelegationToken(new byte[] {1}).expiryTimestamp()));
        answers.ask("describeDelegationToken", () -> Answers.get(admin.describeDelegationToken().delegationTokens()));
    }
}
