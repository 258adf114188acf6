import KafkaBroker
import KafkaProtocol
import WireCore
import WireStreams

/// `cdcd broker`: runs the development broker alone until SIGTERM or SIGINT.
struct BrokerCommand {
    private static let logger = Logger("cdcd.broker")

    private let listen: SocketAddress
    private let advertised: SocketAddress?
    private let dataDirectory: String

    init(_ invocation: Invocation) throws(UsageError) {
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
    func run() throws -> Int32 {
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
