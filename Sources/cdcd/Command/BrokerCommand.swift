import KafkaBroker
import KafkaProtocol
import WireCore
import WireStreams

/// `cdcd broker`: runs the development broker alone until SIGTERM or SIGINT.
struct BrokerCommand {
    static let entry = Command(
        "broker", summary: "run the development broker alone",
        details: """
            A single-node Kafka broker for development and tests: it keeps its log in a directory, survives being killed,
            and serves any Kafka client. It has no security and no replication: not for production.
            """,
        options: [
            OptionSpecification(
                long: "listen", short: "l", valueName: "HOST:PORT", summary: "where to listen (default 127.0.0.1:9092)"),
            OptionSpecification(
                long: "advertised", valueName: "HOST:PORT",
                summary: "the address given to clients (default: as --listen)"),
            OptionSpecification(
                long: "data-dir", short: "d", valueName: "DIRECTORY",
                summary: "where the log is kept (default ./cdcd-broker)"),
            OptionSpecification(
                long: "fsync", valueName: "POLICY",
                summary: "when records reach the disk: never (default), always, or after MILLISECONDS"),
            OptionSpecification(
                long: "topic-config", valueName: "NAME=VALUE",
                summary: "a setting of topics that do not have their own; repeatable", isRepeatable: true),
        ], isService: true
    ) { try BrokerCommand($0).run() }

    private static let logger = Logger("cdcd.broker")

    private let listen: SocketAddress
    private let advertised: SocketAddress?
    private let dataDirectory: String
    private let topicDefaults: TopicConfiguration

    private init(_ invocation: Invocation) throws(UsageError) {
        listen = try Self.address("listen", in: invocation) ?? SocketAddress(host: "127.0.0.1", port: 9092)
        advertised = try Self.address("advertised", in: invocation)
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

    private static func address(_ option: String, in invocation: Invocation) throws(UsageError) -> SocketAddress? {
        guard let text = invocation.value(of: option) else { return nil }
        guard let address = SocketAddress(text) else {
            throw UsageError(message: "`--\(option)=\(text)` is not of the form HOST:PORT", command: "broker")
        }
        return address
    }

    /// Returns the exit code. Throws if the port or the data directory is unavailable.
    private func run() throws -> Int32 {
        let signals = TerminationSignals()
        var configuration = DevelopmentBrokerConfiguration(
            listen: listen, advertised: advertised, dataDirectory: dataDirectory)
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
