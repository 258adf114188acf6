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
        ], isService: true
    ) { try BrokerCommand($0).run() }

    private static let logger = Logger("cdcd.broker")

    private let listen: SocketAddress
    private let advertised: SocketAddress?
    private let dataDirectory: String

    private init(_ invocation: Invocation) throws(UsageError) {
        listen = try Self.address("listen", in: invocation) ?? SocketAddress(host: "127.0.0.1", port: 9092)
        advertised = try Self.address("advertised", in: invocation)
        dataDirectory = invocation.options["data-dir"] ?? "./cdcd-broker"
    }

    private static func address(_ option: String, in invocation: Invocation) throws(UsageError) -> SocketAddress? {
        guard let text = invocation.options[option] else { return nil }
        guard let address = SocketAddress(text) else {
            throw UsageError(message: "`--\(option)=\(text)` is not of the form HOST:PORT", command: "broker")
        }
        return address
    }

    /// Returns the exit code. Throws if the port or the data directory is unavailable.
    private func run() throws -> Int32 {
        let signals = TerminationSignals()
        let broker = try DevelopmentBroker(listen: listen, advertised: advertised, dataDirectory: dataDirectory)
        broker.start()
        // Outside of the message, which is evaluated only if it is logged.
        let signal = signals.wait()
        Self.logger.info("\(signal): shutting down")
        broker.stop()
        return 0
    }
}
