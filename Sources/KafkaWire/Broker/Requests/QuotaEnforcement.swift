import KafkaProtocol
import Synchronization
import WireCore

/// Limits clients to their quotas, as Kafka's quota managers do.
final class QuotaEnforcement: Sendable {
    private enum Kind: String {
        case producerBytes = "producer_byte_rate"
        case consumerBytes = "consumer_byte_rate"
        case requests = "request_percentage"
        case mutations = "controller_mutation_rate"
        case connections = "connection_creation_rate"
    }

    /// Those who share a quota.
    private struct Client: Hashable {
        var kind: Kind
        var user: String?
        var clientID: String?
        var address: String?
    }

    private struct State {
        var rates: [Client: QuotaRate] = [:]
        var tokens: [Client: QuotaTokens] = [:]
    }

    /// When this many clients are known, those that are idle are forgotten.
    private static let clientsMax = 10_000
    /// A pause because of the time that requests take is no longer than a window.
    private static let requestThrottleMillisecondsMax = QuotaRate.windowMilliseconds

    private let registry: QuotaRegistry
    private let state = Mutex(State())

    init(_ registry: QuotaRegistry) { self.registry = registry }

    /// Whether nobody is limited.
    var isIdle: Bool { registry.current.isEmpty }

    private var now: Int64 { WallTime.now.epochMilliseconds }

    private func limit(_ kind: Kind, _ context: RequestContext) -> (quota: Double, Client)? {
        guard let found = registry.current.limit(kind.rawValue, user: context.user, clientID: context.clientID) else {
            return nil
        }
        let client = Client(
            kind: kind, user: found.isOfUser ? context.user : nil,
            clientID: found.isOfClientID ? context.clientID : nil)
        return (found.value, client)
    }

    private func record(_ amount: Double, _ client: Client, quota: Double) -> Int64 {
        let now = now
        return state.withLock { state in
            if state.rates.count >= Self.clientsMax { state.rates = state.rates.filter { !$0.value.isIdle(now: now) } }
            state.rates[client, default: QuotaRate()].record(amount, now: now)
            return state.rates[client]?.throttleMilliseconds(quota: quota, now: now) ?? 0
        }
    }

    // MARK: Requests

    /// The time for which the client of a request is throttled.
    ///
    /// - Parameters:
    ///   - requestBytes: the size of the request.
    ///   - processorNanoseconds: how long it took to handle it.
    func throttleMilliseconds<Request: KafkaRequest>(
        _ request: Request, _ response: Request.Response?, requestBytes: Int, processorNanoseconds: Int64,
        _ context: RequestContext
    ) -> Int32 {
        var throttle: Int64 = 0
        if let (quota, client) = limit(.requests, context) {
            let percents = Double(processorNanoseconds) * 100 / 1_000_000_000
            throttle = min(record(percents, client, quota: quota), Self.requestThrottleMillisecondsMax)
        }
        if request is ProduceRequest, let (quota, client) = limit(.producerBytes, context) {
            throttle = max(throttle, record(Double(requestBytes), client, quota: quota))
        }
        if let response = response as? FetchResponse, let (quota, client) = limit(.consumerBytes, context) {
            let bytes = response.responses.flatMap(\.partitions).reduce(0) { $0 + ($1.records?.count ?? 0) }
            throttle = max(throttle, record(Double(bytes), client, quota: quota))
        }
        return Int32(clamping: throttle)
    }

    /// The most bytes of records in one response: what the client may get in all windows.
    func fetchBytesMax(_ context: RequestContext) -> Int {
        guard let (quota, _) = limit(.consumerBytes, context) else { return .max }
        return Int(min(quota * Double(QuotaRate.windowCount - 1), Double(Int32.max)))
    }

    // MARK: Changes of topics

    /// Throws THROTTLING_QUOTA_EXCEEDED if the client has made too many changes (KIP-599).
    ///
    /// - Parameter version: since which version of the request the client knows the error.
    func checkMutations(since version: Int16, _ context: RequestContext) throws(AdminError) {
        guard context.version >= version, mutationThrottleMilliseconds(context) > 0 else { return }
        throw AdminError(.throttlingQuotaExceeded, "The throttling quota has been exceeded.")
    }

    /// Records partitions that were created or deleted.
    func recordMutations(_ count: Int, _ context: RequestContext) {
        guard let (quota, client) = limit(.mutations, context) else { return }
        let now = now
        state.withLock { $0.tokens[client, default: QuotaTokens()].take(Double(count), quota: quota, now: now) }
    }

    /// The throttle time of a response. A client that knows the error has it only with the error.
    func mutationThrottleMilliseconds(
        since version: Int16, _ codes: [KafkaErrorCode], _ context: RequestContext
    ) -> Int32 {
        guard context.version < version || codes.contains(.throttlingQuotaExceeded) else { return 0 }
        return mutationThrottleMilliseconds(context)
    }

    private func mutationThrottleMilliseconds(_ context: RequestContext) -> Int32 {
        guard let (quota, client) = limit(.mutations, context) else { return 0 }
        let now = now
        return state.withLock { state in
            if state.tokens.count >= Self.clientsMax { state.tokens = [:] }
            let throttle = state.tokens[client, default: QuotaTokens()].throttleMilliseconds(quota: quota, now: now)
            return Int32(clamping: throttle)
        }
    }

    // MARK: Connections

    /// How long a new connection from an address waits before it is closed; 0 if it is served.
    func throttleMilliseconds(connectionFrom address: String) -> Int {
        guard let quota = registry.current.limit(Kind.connections.rawValue, address: address) else { return 0 }
        return Int(record(1, Client(kind: .connections, address: address), quota: quota))
    }
}
