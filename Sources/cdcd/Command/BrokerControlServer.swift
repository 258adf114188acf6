import HTTPWire
import KafkaBroker
import WireCore
import WireStreams

extension BrokerControl {
    func respond(to request: HTTPRequest) -> HTTPResponse {
        let answer = answer(request.method, request.path, request.body)
        var response = HTTPResponse(status: answer.status)
        if let document = answer.document {
            response = HTTPResponse(
                status: answer.status, headers: [.init(name: "Content-Type", value: "application/json")],
                body: document.encoded() + [UInt8(ascii: "\n")])
        }
        if !answer.allowed.isEmpty {
            response.headers.append(.init(name: "Allow", value: answer.allowed.joined(separator: ", ")))
        }
        return response
    }
}

/// The HTTP server of `cdcd broker --control`.
struct BrokerControlServer {
    private static let logger = Logger("cdcd.broker.Control")

    private let server: HTTPServer

    /// The address; the port is the one that the system chose if 0 was requested.
    var address: SocketAddress { server.address }

    /// Binds the address; requests are answered after `start()`.
    init(_ broker: DevelopmentBroker, address: SocketAddress) throws(StreamError) {
        let control = BrokerControl(broker)
        server = try HTTPServer(address: address, name: "Control", logger: Self.logger) { control.respond(to: $0) }
    }

    func start() {
        server.start()
        Self.logger.info("The development broker is controlled at http://\(server.address)")
    }

    func stop() { server.stop() }
}
