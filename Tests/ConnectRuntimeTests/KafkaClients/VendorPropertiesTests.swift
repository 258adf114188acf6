import ConnectData
import Foundation
import KafkaWire
import Testing
import WireStreams
import WireTestSupport

@testable import ConnectRuntime

/// The properties blocks of vendors' documentation give the client configuration that they describe.
@Suite struct VendorPropertiesTests {
    /// What a block gives: TLS, and the mechanism.
    struct Expectation: Sendable {
        var trust = "system"
        var identity = "none"
        var mechanism: String
    }

    struct Block: Sendable, CustomTestStringConvertible {
        let vendor: String
        /// TRUST.jks and KEY.p12 stand for files.
        let text: String
        let expected: Expectation
        var testDescription: String { vendor }
    }

    static let blocks = [
        Block(
            vendor: "Amazon MSK, TLS",
            text: """
                security.protocol=SSL
                ssl.truststore.location=TRUST.jks
                ssl.keystore.location=KEY.p12
                ssl.keystore.password=changeit
                ssl.key.password=changeit
                """, expected: Expectation(trust: "JKS", identity: "PKCS12", mechanism: "none")),
        Block(
            vendor: "Amazon MSK, SCRAM",
            text: """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="alice-secret";
                ssl.truststore.location=TRUST.jks
                """, expected: Expectation(trust: "JKS", mechanism: "SCRAM-SHA-512")),
        Block(
            vendor: "Amazon MSK, IAM",
            text: """
                ssl.truststore.location=TRUST.jks
                security.protocol=SASL_SSL
                sasl.mechanism=AWS_MSK_IAM
                sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsProfileName="profile";
                sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
                """, expected: Expectation(trust: "JKS", mechanism: "AWS_MSK_IAM")),
        Block(
            vendor: "Amazon MSK, IAM with a role",
            text: """
                # Sets up TLS for encryption and SASL for authN.
                security.protocol = SASL_SSL

                # Identifies the SASL mechanism to use.
                sasl.mechanism = AWS_MSK_IAM

                # Binds SASL client implementation.
                sasl.jaas.config = software.amazon.msk.auth.iam.IAMLoginModule required awsRoleArn="arn:aws:iam::1:role/r" awsRoleSessionName="producer" awsStsRegion="us-west-2";

                # Encapsulates constructing a SigV4 signature based on extracted credentials.
                sasl.client.callback.handler.class = software.amazon.msk.auth.iam.IAMClientCallbackHandler
                """, expected: Expectation(mechanism: "AWS_MSK_IAM")),
        Block(
            vendor: "Amazon MSK, IAM by OAUTHBEARER",
            text: """
                security.protocol=SASL_SSL
                sasl.mechanism=OAUTHBEARER
                sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required awsRegion="us-east-1";
                sasl.login.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler
                sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler
                """, expected: Expectation(mechanism: "OAUTHBEARER")),
        Block(
            vendor: "Confluent Cloud, API key",
            text: """
                security.protocol=SASL_SSL
                sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username='KEY' password='api-secret';
                sasl.mechanism=PLAIN
                client.dns.lookup=use_all_dns_ips
                """, expected: Expectation(mechanism: "PLAIN")),
        Block(
            vendor: "Confluent Cloud, OAuth",
            text: """
                security.protocol=SASL_SSL
                sasl.mechanism=OAUTHBEARER
                sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler
                sasl.login.connect.timeout.ms=15000
                sasl.oauthbearer.token.endpoint.url=https://idp.example.com/oauth2/token
                sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
                clientId='client' clientSecret='oauth-secret' scope='kafka' extension_logicalCluster='lkc-1' extension_identityPoolId='pool-1';
                """, expected: Expectation(mechanism: "OAUTHBEARER")),
        Block(
            vendor: "Confluent Platform, OAuth",
            text: """
                sasl.mechanism=OAUTHBEARER
                security.protocol=SASL_SSL
                ssl.truststore.location=TRUST.jks
                ssl.truststore.password=changeit
                sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler
                sasl.login.connect.timeout.ms=15000
                sasl.oauthbearer.token.endpoint.url=https://idp.example.com/oauth2/token
                sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \\
                  clientId="client" \\
                  clientSecret="oauth-secret" \\
                  scope="kafka";
                """, expected: Expectation(trust: "JKS", mechanism: "OAUTHBEARER")),
        Block(
            vendor: "Aiven, client certificate",
            text: """
                security.protocol=SSL
                ssl.protocol=TLS
                ssl.endpoint.identification.algorithm=
                ssl.truststore.location=TRUST.jks
                ssl.truststore.password=changeit
                ssl.keystore.type=PKCS12
                ssl.keystore.location=KEY.p12
                ssl.keystore.password=changeit
                ssl.key.password=changeit
                """, expected: Expectation(trust: "JKS", identity: "PKCS12", mechanism: "none")),
        Block(
            vendor: "Aiven, SASL",
            text: """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-256
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="avnadmin" password="aiven-secret";
                ssl.truststore.location=TRUST.jks
                ssl.truststore.password=changeit
                """, expected: Expectation(trust: "JKS", mechanism: "SCRAM-SHA-256")),
        Block(
            vendor: "Redpanda Cloud",
            text: """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-256
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="user" password="panda-secret";
                """, expected: Expectation(mechanism: "SCRAM-SHA-256")),
        Block(
            vendor: "Strimzi, TLS in PEM",
            text: """
                security.protocol=SSL
                ssl.truststore.type=PEM
                ssl.truststore.certificates=-----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE-----
                ssl.keystore.type=PEM
                ssl.keystore.certificate.chain=-----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE-----
                ssl.keystore.key=-----BEGIN PRIVATE KEY----- MIIE -----END PRIVATE KEY-----
                """, expected: Expectation(trust: "PEM text", identity: "PEM text", mechanism: "none")),
        Block(
            vendor: "Strimzi, TLS in PKCS12",
            text: """
                security.protocol=SSL
                ssl.truststore.type=PKCS12
                ssl.truststore.location=KEY.p12
                ssl.truststore.password=changeit
                ssl.keystore.type=PKCS12
                ssl.keystore.location=KEY.p12
                ssl.keystore.password=changeit
                ssl.enabled.protocols=TLSv1.2,TLSv1.1,TLSv1
                """, expected: Expectation(trust: "PKCS12", identity: "PKCS12", mechanism: "none")),
        Block(
            vendor: "Strimzi, SCRAM",
            text: """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-512
                ssl.truststore.type=PKCS12
                ssl.truststore.location=KEY.p12
                ssl.truststore.password=changeit
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="my-user" password="strimzi-secret";
                """, expected: Expectation(trust: "PKCS12", mechanism: "SCRAM-SHA-512")),
        Block(
            vendor: "Azure Event Hubs",
            text: #"""
                security.protocol=SASL_SSL
                sasl.mechanism=PLAIN
                sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="$ConnectionString" password="Endpoint=sb://hub.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=hub-secret=";
                """#, expected: Expectation(mechanism: "PLAIN")),
    ]

    private static func properties(_ text: String) throws -> [String: String] {
        let folder = Fixtures.folder.appending(path: "tls").path
        return try JavaProperties.parse(text.replacing("TRUST.jks", with: folder + "/trust.jks")
            .replacing("KEY.p12", with: folder + "/client.p12"))
    }

    private static func kind(_ store: TLSConfiguration.Store?) -> String? {
        switch store {
        case nil: nil
        case .pem: "PEM"
        case .pkcs12: "PKCS12"
        case .jks: "JKS"
        case .inline: "PEM text"
        }
    }

    /// As the properties of the worker, of its producers, and of the producers of a connector.
    @Test(arguments: blocks) func blockGivesItsConfiguration(block: Block) throws {
        for (role, prefix) in [
            (KafkaClientProperties.Role.admin, ""), (.producer, "producer."), (.consumer, "consumer.override."),
        ] {
            let properties = try Self.properties(block.text)
            let named = Dictionary(uniqueKeysWithValues: properties.map { (prefix + $0.key, $0.value) })
            var settings = KafkaClientSettings()
            let findings = KafkaClientProperties.of(role).read(
                [KafkaClientProperties.Layer(named, prefix: prefix)], over: ["bootstrap.servers": "b:9092"],
                into: &settings)
            #expect(findings.errors == [] && findings.unknown == [] && findings.warnings == [])
            #expect(findings.withoutEffect == [])
            let tls = try #require(settings.client.tls)
            #expect(Self.kind(tls.trust) ?? "system" == block.expected.trust)
            #expect(Self.kind(tls.identity) ?? "none" == block.expected.identity)
            #expect(settings.client.authentication?.name ?? "none" == block.expected.mechanism)
            var shown = "\(settings.client.authentication.map { "\($0)" } ?? "")\(tls)"
            dump(tls, to: &shown)
            if let mechanism = settings.client.authentication { dump(mechanism, to: &shown) }
            #expect(!shown.contains("secret") && !shown.contains("changeit"))
        }
    }

    @Test func hostNamesAreCheckedUnlessTheBlockTurnsItOff() throws {
        for block in Self.blocks {
            let settings = try KafkaClientProperties.of(.admin).settings(
                try Self.properties(block.text), over: ["bootstrap.servers": "b:1"])
            let isOff = block.text.contains("ssl.endpoint.identification.algorithm=\n")
            #expect((settings.client.tls?.verification == .authority) == isOff, "\(block.vendor)")
        }
    }

    @Test func strimzisHandlerIsRefusedByName() throws {
        let handler = "io.strimzi.kafka.oauth.client.JaasClientOauthLoginCallbackHandler"
        let properties = try Self.properties("""
            security.protocol=SASL_SSL
            sasl.mechanism=OAUTHBEARER
            sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required oauth.client.id="c" oauth.client.secret="top-secret" oauth.token.endpoint.uri="https://idp/token";
            sasl.login.callback.handler.class=\(handler)
            """)
        let error = #expect(throws: ConfigError.self) {
            try KafkaClientProperties.of(.admin).settings(properties, over: ["bootstrap.servers": "b:1"])
        }
        #expect(error?.name == "sasl.login.callback.handler.class" && error?.value == handler)
        #expect(error?.message.contains("Strimzi") == true && error?.message.contains("top-secret") == false)
    }

    @Test(arguments: [
        ("sasl.oauthbearer.token.endpoint.url", "", "name the URL"),
        ("sasl.oauthbearer.token.endpoint.url", "https://idp/token", "id and secret are missing"),
        ("sasl.oauthbearer.token.endpoint.url", "ftp://idp", "not a valid"),
    ])
    func missingPartsOfOAuthAreNamed(name: String, value: String, text: String) throws {
        let properties = [
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER", name: value,
            "sasl.jaas.config": "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
            "sasl.login.callback.handler.class":
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
            "sasl.oauthbearer.client.credentials.client.id": value.hasPrefix("ftp") ? "i" : "",
            "sasl.oauthbearer.client.credentials.client.secret": value.hasPrefix("ftp") ? "s" : "",
        ]
        let error = #expect(throws: ConfigError.self) {
            try KafkaClientProperties.of(.admin).settings(properties, over: ["bootstrap.servers": "b:1"])
        }
        #expect(error?.name == name && error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    @Test func fileIsATokenSource() throws {
        for url in ["file:/var/run/token", "file:///var/run/token", "file://localhost/var/run/token"] {
            let provider = try {
                var oauth = OAuthBearerProperties()
                oauth.endpointURL = url
                return try oauth.provider([:])
            }()
            #expect(provider as? OAuthTokenFile == OAuthTokenFile(path: "/var/run/token"))
        }
    }
}
