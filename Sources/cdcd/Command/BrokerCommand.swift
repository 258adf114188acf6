import KafkaBroker
import KafkaProtocol
import WireCore

/// `cdcd broker`: runs the development broker alone until SIGTERM or SIGINT.
struct BrokerCommand {
    static let entry = Command(
        "broker", summary: "run the development broker alone",
        details: """
            A Kafka broker for development and tests: it keeps its log in a directory, survives being killed, and serves
            any Kafka client. With --nodes it is a cluster of nodes that use the same log. It has no authorization and no
            replication: not for production.
            """,
        options: [
            OptionSpecification(
                long: "listen", short: "l", valueName: "[[NAME=]PROTOCOL://]HOST:PORT",
                summary: "where to listen (default 127.0.0.1:9092), with PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; repeatable",
                isRepeatable: true),
            OptionSpecification(
                long: "advertised", valueName: "[NAME=]HOST:PORT",
                summary: "the address given to clients of a listener (default: as --listen); repeatable",
                isRepeatable: true),
            OptionSpecification(
                long: "data-dir", short: "d", valueName: "DIRECTORY",
                summary: "where the log is kept (default ./cdcd-broker)"),
            OptionSpecification(
                long: "nodes", valueName: "NUMBER",
                summary: "how many nodes the cluster has (default 1); the ports of each follow those of the one before"),
            OptionSpecification(
                long: "fsync", valueName: "POLICY",
                summary: "when records reach the disk: never (default), always, or after MILLISECONDS"),
            OptionSpecification(
                long: "topic-config", valueName: "NAME=VALUE",
                summary: "a setting of topics that do not have their own; repeatable", isRepeatable: true),
            OptionSpecification(
                long: "user", valueName: "NAME:PASSWORD", summary: "a user of SASL; repeatable", isRepeatable: true),
            OptionSpecification(
                long: "users", valueName: "FILE", summary: "users of SASL, one NAME:PASSWORD a line"),
            OptionSpecification(
                long: "reauth-ms", valueName: "MILLISECONDS",
                summary: "how long an authentication is valid (default 0: without a limit)"),
            OptionSpecification(
                long: "tls-cert", valueName: "FILE", summary: "the certificate and its chain in PEM, for SSL and SASL_SSL"),
            OptionSpecification(
                long: "tls-key", valueName: "FILE", summary: "the private key in PEM (default: in --tls-cert)"),
            OptionSpecification(
                long: "tls-ca", valueName: "FILE",
                summary: "the authorities of clients' certificates in PEM (default: the system's)"),
            OptionSpecification(
                long: "tls-client-auth", valueName: "MODE",
                summary: "whether clients present a certificate: none (default), requested or required"),
        ], isService: true
    ) { try BrokerCommand($0).run() }

    private static let logger = Logger("cdcd.broker")

    private let listeners: [BrokerListener]
    private let nodeCount: Int32
    private let security: BrokerSecurity
    private let dataDirectory: String
    private let topicDefaults: TopicConfiguration

    private init(_ invocation: Invocation) throws(UsageError) {
        let options = BrokerSecurityOptions(invocation)
        listeners = try options.listeners()
        nodeCount = try options.nodeCount(listeners)
        security = try options.security(for: listeners)
        dataDirectory = invocation.value(of: "data-dir") ?? "./cdcd-broker"
        topicDefaults = try Self.topicDefaults(in: invocation)
    }

    /// `--fsync` stands for the topic settings by which Kafka synchronizes a log with the disk.
    private static func topicDefaults(in invocation: Invocation) throws(UsageError) -> TopicConfiguration {
        var settings: [(name: String, value: String)] = []
        switch invocation.value(of: "fsync") {
        case nil, "never": break
        case "always": settings.append(("flush.messages", "1"))
        case let text?:
            guard let milliseconds = Int64(text), milliseconds >= 0 else {
                throw UsageError(
                    message: "`--fsync=\(text)` is neither never nor always nor a number of milliseconds", command: "broker")
            }
            settings.append(("flush.ms", text))
        }
        settings += try CommandArguments(invocation).pairs("topic-config")
        var defaults = TopicConfiguration()
        for (name, value) in settings {
            if let reason = TopicConfiguration.validationError(name, value) {
                throw UsageError(message: reason, command: "broker")
            }
            defaults[name] = value
        }
        return defaults
    }

    /// Returns the exit code. Throws if the port or the data directory is unavailable.
    private func run() throws -> Int32 {
        let signals = TerminationSignals()
        var configuration = DevelopmentBrokerConfiguration(
            listeners: listeners, security: security, dataDirectory: dataDirectory)
        configuration.nodeCount = nodeCount
        configuration.topicDefaults = topicDefaults
        let broker = try DevelopmentBroker(configuration)
        broker.start()
        // Outside of the message, which is evaluated only if it is logged.
        let signal = signals.wait()
        Self.logger.info("\(signal): shutting down")
        broker.stop()
        return 0
    }
}
