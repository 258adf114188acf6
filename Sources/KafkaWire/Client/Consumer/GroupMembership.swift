import KafkaProtocol
import Synchronization
import WireCore

/// A member of a classic group (`connect`, `consumer`), driven by one thread; any thread may `cancel()`.
public final class GroupMembership: Sendable {
    public let configuration: GroupConfiguration
    private let client: KafkaClient
    private let cancellation: Cancellation
    private let machine = Mutex(GroupMachine())

    /// How much longer than the rebalance a join is waited for.
    private static let joinMarginMilliseconds = 5000

    public init(_ client: KafkaClient, _ configuration: GroupConfiguration) {
        self.client = client
        self.configuration = configuration
        cancellation = Cancellation(parent: client.cancellation)
    }

    deinit { cancellation.cancel() }

    /// Ends a waiting call with `.closed`; so do all later ones, apart from `leave`.
    public func cancel() { cancellation.cancel() }

    /// The generation that this member belongs to; nil before the first join and after it was put out.
    public var generation: GroupGeneration? { machine.withLock { $0.generation } }

    /// Joins, or joins again, blocking until the group has formed: at most the rebalance timeout of the slowest member.
    ///
    /// A first join waits for the broker's `group.initial.rebalance.delay.ms`, and for former members that died until
    /// their sessions end.
    /// - Parameters:
    ///   - protocols: in the order of preference.
    ///   - assign: called on the leader only, with the protocol chosen and all members; gives each its assignment.
    public func join(
        protocols: [(name: String, metadata: [UInt8])],
        assign: (_ chosenProtocol: String, _ members: [GroupMemberMetadata]) throws -> [String: [UInt8]]
    ) throws -> GroupGeneration {
        var action = machine.withLock { $0.begin() }
        var members: [GroupMemberMetadata] = []
        var attempts = Attempts(client.configuration)
        while true {
            try cancellation.check()
            switch action {
            case .join(let memberID):
                try pause(before: &attempts)
                let response = try send(joinRequest(memberID, protocols))
                attempts.lastCode = response.errorCode
                members = response.members.map { GroupMemberMetadata(memberID: $0.memberID, metadata: $0.metadata) }
                action = machine.withLock { $0.joined(response) }
            case .sync(let generation, let memberID, let protocolName, let mustAssign):
                let assignments = mustAssign ? try assign(protocolName, members) : [:]
                let response = try send(syncRequest(generation, memberID, protocolName, assignments))
                attempts.lastCode = response.errorCode
                action = machine.withLock { $0.synced(response.errorCode, assignment: response.assignment) }
            case .stable(let generation): return generation
            case .rediscover: action = machine.withLock { $0.begin() }
            case .fail(let code): throw KafkaError.code(code, about: "joining group \(configuration.groupID)")
            }
        }
    }

    /// The joins of one call, which must not go on without pause and end.
    private struct Attempts {
        /// A first join is told its member id and joins again with it (KIP-394): that is the usual way.
        private static let withoutPause = 2

        let started = MonotonicInstant.now
        var lastCode = KafkaErrorCode.none
        private var count = 0
        private var backoff: Backoff

        init(_ configuration: KafkaClientConfiguration) { backoff = Backoff(configuration) }

        /// How long to wait before the next one; nil: not at all.
        mutating func nextPauseMilliseconds() -> Int? {
            count += 1
            return count > Self.withoutPause ? backoff.next() : nil
        }
    }

    /// Throws `.timedOut` where the group cannot be joined for longer than it may take to form.
    private func pause(before attempts: inout Attempts) throws(KafkaError) {
        guard let pause = attempts.nextPauseMilliseconds() else { return }
        let limit = client.configuration.apiTimeoutMilliseconds + Int(configuration.rebalanceTimeoutMilliseconds)
        guard MonotonicInstant.now.milliseconds(since: attempts.started) < limit else {
            throw .timedOut(
                what: "joining group \(configuration.groupID)", milliseconds: limit, lastError: "\(attempts.lastCode)")
        }
        try cancellation.pause(milliseconds: pause)
    }

    /// To be called every `heartbeatIntervalMilliseconds`.
    ///
    /// Throws where the coordinator cannot be asked within that interval: membership goes on until the session is over.
    public func heartbeat() throws(KafkaError) -> HeartbeatResult {
        guard let generation else { return .rebalancing }
        var request = HeartbeatRequest()
        request.groupID = configuration.groupID
        request.generationID = generation.generation
        request.memberID = generation.memberID
        let limit = Int(configuration.heartbeatIntervalMilliseconds)
        return try client.retrying("heartbeat of group \(configuration.groupID)", timeoutMilliseconds: limit, cancellation) {
            () throws(KafkaError) in
            let code = try ask(request, limitMilliseconds: limit).errorCode
            guard let standing = machine.withLock({ $0.heartbeatAnswered(code) }) else {
                throw .code(code, about: "heartbeat of group \(configuration.groupID)")
            }
            return standing
        }
    }

    /// Leaves, so that the others need not wait for the session to end. Does nothing outside of the group.
    public func leave() throws(KafkaError) {
        let memberID = machine.withLock { $0.memberID }
        guard !memberID.isEmpty else { return }
        machine.withLock { $0.left() }
        var request = LeaveGroupRequest()
        request.groupID = configuration.groupID
        request.memberID = memberID
        var member = LeaveGroupRequest.MemberIdentity()
        member.memberID = memberID
        request.members = [member]
        // Leaving is what a cancelled member still does.
        let response = try client.withCoordinator(ofGroup: configuration.groupID, client.cancellation) {
            connection throws(KafkaError) in try connection.request(request)
        }
        for code in [response.errorCode] + response.members.map(\.errorCode)
        where code != .none && code != .unknownMemberID {
            throw .code(code, about: "leaving group \(configuration.groupID)")
        }
    }

    // MARK: Requests

    private func ask<Request: KafkaRequest>(
        _ request: Request, extraTimeoutMilliseconds: Int = 0, limitMilliseconds: Int? = nil
    ) throws(KafkaError) -> Request.Response {
        try client.withCoordinator(
            ofGroup: configuration.groupID, limitMilliseconds: limitMilliseconds, cancellation
        ) { connection throws(KafkaError) in
            try connection.request(
                request, extraTimeoutMilliseconds: extraTimeoutMilliseconds, limitMilliseconds: limitMilliseconds)
        }
    }

    private func send<Request: KafkaRequest>(_ request: Request) throws(KafkaError) -> Request.Response {
        let patience = Int(configuration.rebalanceTimeoutMilliseconds) + Self.joinMarginMilliseconds
        return try client.retrying("joining group \(configuration.groupID)", cancellation) { () throws(KafkaError) in
            try ask(request, extraTimeoutMilliseconds: patience)
        }
    }

    private func joinRequest(_ memberID: String, _ protocols: [(name: String, metadata: [UInt8])]) -> JoinGroupRequest {
        var request = JoinGroupRequest()
        request.groupID = configuration.groupID
        request.sessionTimeoutMilliseconds = configuration.sessionTimeoutMilliseconds
        request.rebalanceTimeoutMilliseconds = configuration.rebalanceTimeoutMilliseconds
        request.memberID = memberID
        request.protocolType = configuration.protocolType
        request.protocols = protocols.map { offer in
            var entry = JoinGroupRequest.OfferedProtocol()
            entry.name = offer.name
            entry.metadata = offer.metadata
            return entry
        }
        return request
    }

    private func syncRequest(
        _ generation: Int32, _ memberID: String, _ protocolName: String, _ assignments: [String: [UInt8]]
    ) -> SyncGroupRequest {
        var request = SyncGroupRequest()
        request.groupID = configuration.groupID
        request.generationID = generation
        request.memberID = memberID
        request.protocolType = configuration.protocolType
        request.protocolName = protocolName
        request.assignments = assignments.sorted { $0.key < $1.key }.map { member, assignment in
            var entry = SyncGroupRequest.Assignment()
            entry.memberID = member
            entry.assignment = assignment
            return entry
        }
        return request
    }
}
