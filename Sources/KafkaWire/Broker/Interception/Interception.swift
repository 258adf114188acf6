import KafkaProtocol
import WireCore
import WireStreams

/// What happens to one request, as an interceptor decides.
package struct Interception: Sendable {
    package enum Outcome: Sendable {
        /// The broker handles the request as usual.
        case handle
        /// The broker responds with this error for the selected entries, and handles the others as usual.
        case refuse(EntryFilter, KafkaErrorCode)
        /// The broker changes nothing and closes the connection.
        case disconnect
        /// The broker handles the request and closes the connection instead of responding.
        case handleThenDisconnect
        /// The broker changes nothing and never responds; the connection stays open.
        case ignore
        /// The broker handles the request and never responds; the connection stays open.
        case handleThenDropResponse
    }

    /// Relative to the handling of the request.
    package enum Moment: String, Sendable, CaseIterable { case before, after }

    /// Partitions of which the next node becomes the leader.
    struct LeaderMove: Sendable {
        /// Before anything else is done with the request, or before it is answered.
        var moment: Moment
        /// What names the partitions.
        var entries: [RequestEntry]
    }

    package var outcome: Outcome
    /// The request waits until the gate is open.
    package var gate: RequestGate?
    /// How long the request waits before anything happens to it.
    package var delayMilliseconds = 0
    /// The throttle time of the response, for which the broker then reads no request from the connection (KIP-219).
    package var throttleTimeMilliseconds: Int32 = 0
    var leaderMove: LeaderMove?

    package init(_ outcome: Outcome) { self.outcome = outcome }

    package static let handle = Interception(.handle)
    package static let disconnect = Interception(.disconnect)
    package static let handleThenDisconnect = Interception(.handleThenDisconnect)
    package static let ignore = Interception(.ignore)
    package static let handleThenDropResponse = Interception(.handleThenDropResponse)

    /// The broker changes nothing and responds with this error for every entry of the request.
    package static func refuse(_ code: KafkaErrorCode) -> Interception { Interception(.refuse(EntryFilter(), code)) }

    /// The request waits until the gate is open and is handled as usual then.
    package static func hold(_ gate: RequestGate) -> Interception {
        var interception = Interception.handle
        interception.gate = gate
        return interception
    }
}

/// A request before it is handled, for an interceptor.
package struct InterceptedRequest: Sendable {
    package let apiKey: APIKey
    package let version: Int16
    package let clientID: String
    /// The node that received the request.
    package let nodeID: Int32
    /// The decoded request, for example a `ProduceRequest`.
    package let message: any KafkaRequest & Sendable
    /// What the request is about, with the names of topics. Those of a fetch include the partitions of its session,
    /// those of a request for all topics all topics.
    package let entries: @Sendable () -> [RequestEntry]

    /// Whether the request is about a topic.
    package func concerns(topic: String) -> Bool { entries().contains { $0.topic == topic } }
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
        _ = state.wait(until: nil) { $0.isOpen ? true : nil }
        state.update { $0.heldCount -= 1 }
    }
}
