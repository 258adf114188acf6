import HTTPWire
import WireCore
import WireStreams

/// The HTTP servers of the worker's listeners.
final class RESTServer: Sendable {
    private let servers: [HTTPServer]
    private static let logger = Logger("org.apache.kafka.connect.runtime.rest.RestServer")

    /// Listens on all addresses. Throws if one is unavailable.
    init(_ configuration: WorkerConfiguration, _ service: RESTService) throws(WorkerError) {
        var servers: [HTTPServer] = []
        do {
            for listener in configuration.listeners {
                servers.append(try HTTPServer(address: listener) { service.answer($0) })
            }
        } catch {
            throw WorkerError(
                "REST cannot listen: \(error). Another worker may be running here; choose another port with listeners=http://:PORT")
        }
        self.servers = servers
    }

    /// The address of the first listener, with the port that the system chose if the configured one is 0.
    var address: SocketAddress? { servers.first?.address }

    func start(_ configuration: WorkerConfiguration) {
        for server in servers { server.start() }
        if let warning = configuration.addressWarning { Self.logger.warn(warning) }
        for server in servers {
            Self.logger.info(
                "REST server listening at http://\(server.address)/, advertising URL \(configuration.advertisedURL)")
        }
    }

    /// Ends the requests in progress on a thread of its own.
    func stop(graceMilliseconds: Int) -> ThreadCompletion {
        let completion = ThreadCompletion()
        startThread(named: "rest-stop", completion: completion) { [servers] in
            Self.logger.info("Stopping REST server")
            for server in servers { server.stop(graceMilliseconds: graceMilliseconds) }
            Self.logger.info("REST server stopped")
        }
        return completion
    }
}
