import BinlogSource
import ConnectRuntime
import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// `cdcd worker FILE`: runs a Connect worker until SIGTERM or SIGINT.
struct WorkerCommand {
    static let entry = Command(
        "worker", operands: "FILE", operandCount: 1...1,
        summary: "run a Connect worker with the properties in FILE",
        details: """
            FILE is a connect-distributed.properties as Java's Kafka Connect takes it. The worker serves Connect's REST
            API (port 8083 unless `listeners` says otherwise) and runs the connectors of its group until SIGTERM or
            SIGINT, upon which it ends in order. `cdcd FILE` does the same.
            """,
        options: [
            OptionSpecification(
                long: "dev-broker", valueName: "DIRECTORY",
                summary:
                    "also run the development broker inside, at the address of bootstrap.servers, data in DIRECTORY")
        ], isService: true
    ) { try WorkerCommand($0).run() }

    private static let logger = Logger("org.apache.kafka.connect.cli.AbstractConnectCli")

    private let file: String
    private let brokerDirectory: String?

    private init(_ invocation: Invocation) {
        file = invocation.operands[0]
        brokerDirectory = invocation.value(of: "dev-broker")
    }

    /// Returns the exit code. Throws if the start fails: an unreadable file, an invalid property, a port in use.
    private func run() throws -> Int32 {
        Self.logger.info("Kafka Connect worker initializing ...")
        // Before the signals are blocked: reading from a pipe may wait, and Ctrl-C must end that.
        let properties = try PropertiesFile.read(file)
        let signals = TerminationSignals()
        let configuration = try WorkerConfiguration(properties: properties, plugins: Plugins.registry)
        for warning in configuration.warnings { Self.logger.warn(warning) }
        for note in configuration.notes { Self.logger.info(note) }
        let broker = try developmentBroker(for: configuration)
        broker?.start()
        let worker = ConnectWorker(configuration: configuration, plugins: Plugins.registry)
        do {
            try worker.start()
        } catch {
            broker?.stop()
            throw error
        }
        startThread(named: "signals", stackBytes: 256 << 10) {
            // Outside of the message, which is evaluated only if it is logged.
            let signal = signals.wait()
            Self.logger.info("\(signal): shutting down; signal again to force quit")
            startThread(named: "force-quit", stackBytes: 128 << 10) {
                _ = signals.wait()
                _exit(130)
            }
            worker.stop()
        }
        let termination = worker.awaitTermination()
        broker?.stop()
        switch termination {
        case .stopped: return 0
        case .failed(let reason):
            StandardError.print("cdcd: \(reason)")
            return 1
        }
    }

    /// The embedded broker, which listens on the address of `bootstrap.servers`.
    private func developmentBroker(for configuration: WorkerConfiguration) throws -> DevelopmentBroker? {
        guard let brokerDirectory else { return nil }
        return try DevelopmentBroker(
            listen: configuration.bootstrapServers[0], advertised: nil, dataDirectory: brokerDirectory)
    }
}
