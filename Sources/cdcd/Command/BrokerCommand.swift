import KafkaBroker
import KafkaProtocol
import WireCore
import WireStreams

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
            OptionSpecification(
                long: "api-versions", valueName: "VERSIONS",
                summary: "announce the versions of a release of Kafka (2.1 to 4.3), or of requests (Produce=3-8,Fetch=11)",
                isRepeatable: true),
            OptionSpecification(
                long: "fault", valueName: "FIELD=VALUE,...",
                summary: "a fault on request, for example api=Produce,error=NOT_LEADER_OR_FOLLOWER,count=3; repeatable",
                isRepeatable: true),
            OptionSpecification(
                long: "control", valueName: "HOST:PORT",
                summary: "where to listen for HTTP requests that change faults while the broker runs (default: nowhere)"),
        ], isService: true
    ) { try BrokerCommand($0).run() }

    private static let logger = Logger("cdcd.broker")

    private let listeners: [BrokerListener]
    private let nodeCount: Int32
    private let security: BrokerSecurity
    private let dataDirectory: String
    private let topicDefaults: TopicConfiguration
    private let apiVersions: AnnouncedVersions
    private let faults: [Fault]
    private let control: SocketAddress?

    private init(_ invocation: Invocation) throws(UsageError) {
        let options = BrokerSecurityOptions(invocation)
        listeners = try options.listeners()
        nodeCount = try options.nodeCount(listeners)
        security = try options.security(for: listeners)
        dataDirectory = invocation.value(of: "data-dir") ?? "./cdcd-broker"
        topicDefaults = try Self.topicDefaults(in: invocation)
        apiVersions = try Self.apiVersions(in: invocation)
        faults = try Self.faults(in: invocation, nodeCount)
        control = try Self.control(in: invocation)
    }

    private static func apiVersions(in invocation: Invocation) throws(UsageError) -> AnnouncedVersions {
        guard invocation.has("api-versions") else { return AnnouncedVersions() }
        let text = invocation.values(of: "api-versions").joined(separator: ",")
        do throws(AnnouncedVersionsError) {
            return try AnnouncedVersions(text: text)
        } catch {
            throw UsageError(message: "`--api-versions=\(text)`: \(error)", command: "broker")
        }
    }

    private static func faults(in invocation: Invocation, _ nodeCount: Int32) throws(UsageError) -> [Fault] {
        var faults: [Fault] = []
        for text in invocation.values(of: "fault") {
            do throws(FaultFieldError) {
                let fault = try Fault(text: text)
                try fault.check(nodeCount: nodeCount)
                faults.append(fault)
            } catch {
                throw UsageError(message: "`--fault=\(text)`: \(error)", command: "broker")
            }
        }
        return faults
    }

    private static func control(in invocation: Invocation) throws(UsageError) -> SocketAddress? {
        guard let text = invocation.value(of: "control") else { return nil }
        guard let address = SocketAddress(text) else {
            throw UsageError(message: "`--control=\(text)` is not of the form HOST:PORT", command: "broker")
        }
        return address
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
        configuration.apiVersions = apiVersions
        let broker = try DevelopmentBroker(configuration)
        try broker.faults.add(faults)
        let control = try control.map { try BrokerControlServer(broker, address: $0) }
        broker.start()
        control?.start()
        // Outside of the message, which is evaluated only if it is logged.
        let signal = signals.wait()
        Self.logger.info("\(signal): shutting down")
        control?.stop()
        broker.stop()
        return 0
    }
}
