import KafkaProtocol
import Synchronization
import WireCore

/// A member of a classic group (`connect`, `consumer`), driven by one thread; any thread may `cancel()`.
package final class GroupMembership: Sendable {
    package let configuration: GroupConfiguration
    private let client: KafkaClient
    private let cancellation: Cancellation
    private let machine = Mutex(GroupMachine())

    /// The difference between the timeout of a join and that of the rebalance.
    private static let joinMarginMilliseconds = 5000

    package init(_ client: KafkaClient, _ configuration: GroupConfiguration) {
        self.client = client
        self.configuration = configuration
        cancellation = Cancellation(parent: client.cancellation)
    }

    deinit { cancellation.cancel() }

    /// Makes a waiting call, and all later ones except `leave`, throw `.closed`.
    package func cancel() { cancellation.cancel() }

    /// The generation that this member belongs to; nil before the first join and after its removal.
    package var generation: GroupGeneration? { machine.withLock { $0.generation } }

    /// Joins, or rejoins, and blocks until the group has formed: at most the rebalance timeout of the slowest member.
    ///
    /// A first join waits for the broker's `group.initial.rebalance.delay.ms`, and for failed former members until
    /// their sessions expire.
    /// - Parameters:
    ///   - protocols: in the order of preference.
    ///   - assign: called on the leader only, with the selected protocol and all members; returns each member's
    ///     assignment.
    package func join(
        protocols: [(name: String, metadata: [UInt8])],
        assign: (_ chosenProtocol: String, _ members: [GroupMemberMetadata]) throws -> [String: [UInt8]]
    ) throws -> GroupGeneration {
        while true {
            if let generation = try joinOnce(protocols: protocols, assign: assign) { return generation }
        }
    }

    /// The same, but returns nil if the member was removed from the group: the next call joins as another one.
    func joinOnce(
        protocols: [(name: String, metadata: [UInt8])],
        assign: (_ chosenProtocol: String, _ members: [GroupMemberMetadata]) throws -> [String: [UInt8]]
    ) throws -> GroupGeneration? {
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
                members = response.members.map {
                    GroupMemberMetadata(
                        memberID: $0.memberID, instanceID: $0.groupInstanceID, metadata: $0.metadata)
                }
                action = machine.withLock { $0.joined(response) }
            case .sync(let generation, let memberID, let protocolName, let mustAssign):
                let assignments = mustAssign ? try assign(protocolName, members) : [:]
                let response = try send(syncRequest(generation, memberID, protocolName, assignments))
                attempts.lastCode = response.errorCode
                action = machine.withLock { $0.synced(response.errorCode, assignment: response.assignment) }
            case .stable(let generation): return generation
            case .reset: return nil
            case .rediscover: action = machine.withLock { $0.begin() }
            case .fail(let code): throw KafkaError.code(code, about: "joining group \(configuration.groupID)")
            }
        }
    }

    /// The joins of one call, with pauses and a time limit.
    private struct Attempts {
        /// A first join receives its member id and joins again with it (KIP-394).
        private static let withoutPause = 2

        let started = MonotonicInstant.now
        var lastCode = KafkaErrorCode.none
        private var count = 0
        private var backoff: Backoff

        init(_ configuration: KafkaClientConfiguration) { backoff = Backoff(configuration) }

        /// The pause before the next join; nil for no pause.
        mutating func nextPauseMilliseconds() -> Int? {
            count += 1
            return count > Self.withoutPause ? backoff.next() : nil
        }
    }

    /// Throws `.timedOut` if the group cannot be joined within the maximum duration of a rebalance.
    private func pause(before attempts: inout Attempts) throws(KafkaError) {
        guard let pause = attempts.nextPauseMilliseconds() else { return }
        let limit = client.configuration.apiTimeoutMilliseconds + Int(configuration.rebalanceTimeoutMilliseconds)
        guard MonotonicInstant.now.milliseconds(since: attempts.started) < limit else {
            throw .timedOut(
                what: "joining group \(configuration.groupID)", milliseconds: limit, lastError: "\(attempts.lastCode)")
        }
        try cancellation.pause(milliseconds: pause)
    }

    /// Sends a heartbeat; call it every `heartbeatIntervalMilliseconds`.
    ///
    /// Throws if the coordinator does not answer within that interval; the membership lasts until the session expires.
    package func heartbeat() throws(KafkaError) -> HeartbeatResult {
        guard let generation else { return .rebalancing }
        var message = HeartbeatRequest()
        message.groupID = configuration.groupID
        message.generationID = generation.generation
        message.memberID = generation.memberID
        message.groupInstanceID = configuration.instanceID
        let limit = Int(configuration.heartbeatIntervalMilliseconds)
        return try client.retrying("heartbeat of group \(configuration.groupID)", timeoutMilliseconds: limit, cancellation) {
            () throws(KafkaError) in
            let code = try request(message, limitMilliseconds: limit).errorCode
            guard let result = machine.withLock({ $0.heartbeatAnswered(code) }) else {
                throw .code(code, about: "heartbeat of group \(configuration.groupID)")
            }
            return result
        }
    }

    /// Leaves the group, so that the others need not wait for the session timeout. Does nothing if it is not a member.
    package func leave() throws(KafkaError) {
        // A cancelled member can still leave.
        try leave(client.cancellation)
    }

    func leave(_ cancellation: Cancellation) throws(KafkaError) {
        let memberID = machine.withLock { $0.memberID }
        guard !memberID.isEmpty else { return }
        machine.withLock { $0.left() }
        var request = LeaveGroupRequest()
        request.groupID = configuration.groupID
        request.memberID = memberID
        var member = LeaveGroupRequest.MemberIdentity()
        member.memberID = memberID
        member.groupInstanceID = configuration.instanceID
        request.members = [member]
        let response = try client.withCoordinator(of: .group(configuration.groupID), cancellation) {
            connection throws(KafkaError) in try connection.request(request)
        }
        for code in [response.errorCode] + response.members.map(\.errorCode)
        where code != .none && code != .unknownMemberID {
            throw .code(code, about: "leaving group \(configuration.groupID)")
        }
    }

    // MARK: Requests

    private func request<Request: KafkaRequest>(
        _ request: Request, extraTimeoutMilliseconds: Int = 0, limitMilliseconds: Int? = nil
    ) throws(KafkaError) -> Request.Response where Request.Response: CoordinatorResponse {
        try client.withCoordinator(
            of: .group(configuration.groupID), limitMilliseconds: limitMilliseconds, cancellation
        ) { connection throws(KafkaError) in
            try connection.request(
                request, extraTimeoutMilliseconds: extraTimeoutMilliseconds, limitMilliseconds: limitMilliseconds)
        }
    }

    private func send<Request: KafkaRequest>(
        _ message: Request
    ) throws(KafkaError) -> Request.Response where Request.Response: CoordinatorResponse {
        let extra = Int(configuration.rebalanceTimeoutMilliseconds) + Self.joinMarginMilliseconds
        return try client.retrying("joining group \(configuration.groupID)", cancellation) { () throws(KafkaError) in
            try request(message, extraTimeoutMilliseconds: extra)
        }
    }

    private func joinRequest(_ memberID: String, _ protocols: [(name: String, metadata: [UInt8])]) -> JoinGroupRequest {
        var request = JoinGroupRequest()
        request.groupID = configuration.groupID
        request.sessionTimeoutMilliseconds = configuration.sessionTimeoutMilliseconds
        request.rebalanceTimeoutMilliseconds = configuration.rebalanceTimeoutMilliseconds
        request.memberID = memberID
        request.groupInstanceID = configuration.instanceID
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
        request.groupInstanceID = configuration.instanceID
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
