import KafkaProtocol
import WireCore
import WireStreams

/// What happens to one request, as an interceptor decides.
package enum Interception: Sendable {
    /// The broker handles the request as usual.
    case handle
    /// The broker changes nothing and responds with this error for every entry of the request.
    case refuse(KafkaErrorCode)
    /// The broker changes nothing and closes the connection.
    case disconnect
    /// The broker handles the request and closes the connection instead of responding.
    case handleThenDisconnect
    /// The broker changes nothing and never responds; the connection stays open.
    case ignore
    /// The broker handles the request and never responds; the connection stays open.
    case handleThenDropResponse
    /// The request waits until the gate is open and is handled as usual then.
    case hold(RequestGate)
}

/// A request before it is handled, for an interceptor.
package struct InterceptedRequest: Sendable {
    package let apiKey: APIKey
    package let version: Int16
    package let clientID: String
    /// The node that received it.
    package let nodeID: Int32
    /// The decoded request, for example a `ProduceRequest`.
    package let message: any KafkaRequest & Sendable
    /// The name of a topic that a request names by its id.
    let topicName: @Sendable (KafkaUUID) -> String?

    /// Whether the request writes to a topic, reads from it or lists its offsets.
    package func concerns(topic: String) -> Bool {
        switch message {
        case let request as ProduceRequest:
            request.topicData.contains { $0.name == topic || topicName($0.topicID) == topic }
        case let request as FetchRequest:
            request.topics.contains { $0.topic == topic || topicName($0.topicID) == topic }
        case let request as ListOffsetsRequest: request.topics.contains { $0.name == topic }
        default: false
        }
    }
}

/// Holds requests until it is opened.
package final class RequestGate: Sendable {
    private struct State {
        var isOpen = false
        var heldCount = 0
    }

    private let state = Monitor(State())

    package init() {}

    /// The number of requests that wait now.
    package var heldCount: Int { state.withLock { $0.heldCount } }

    /// Lets the held requests and all later ones pass.
    package func open() { state.update { $0.isOpen = true } }

    /// Waits until at least `count` requests are held. Returns false if that takes longer than `milliseconds`.
    package func awaitHeld(_ count: Int, milliseconds: Int) -> Bool {
        state.wait(until: .now.advanced(byMilliseconds: milliseconds)) { $0.heldCount >= count ? true : nil } ?? false
    }

    func pass() {
        state.update { $0.heldCount += 1 }
        _ = state.wait { $0.isOpen ? true : nil }
        state.update { $0.heldCount -= 1 }
    }
}
