import KafkaProtocol
import WireCore

@testable import KafkaBroker

/// The coordinator of one group and of its offsets. When it moves, its state is what was stored, and the requests that
/// waited are not answered.
struct SimulatedCoordinator {
    typealias JoinAnswer = (JoinOutcome) -> Void
    typealias SyncAnswer = (SyncOutcome) -> Void

    var classic = ConsumerGroup(groupID: "g")
    var serverAssigned = ServerAssignedGroup(groupID: "g")
    var committed: [TopicPartition: Int64] = [:]
    /// Whether it is moving: it answers NOT_COORDINATOR.
    var isAway = false
    private var stored = GroupSnapshot(ConsumerGroup(groupID: "g"))
    private var joins: [GroupRequestID: JoinAnswer] = [:]
    private var syncs: [GroupRequestID: SyncAnswer] = [:]
    private var lastRequest: UInt64 = 0

    mutating func join(
        _ request: JoinRequest, newMemberID: String, now: MonotonicInstant, _ answer: @escaping JoinAnswer
    ) {
        lastRequest += 1
        let id = GroupRequestID(number: lastRequest)
        joins[id] = answer
        perform(classic.join(request, requestID: id, newMemberID: newMemberID, now: now))
    }

    mutating func sync(_ request: SyncRequest, now: MonotonicInstant, _ answer: @escaping SyncAnswer) {
        lastRequest += 1
        let id = GroupRequestID(number: lastRequest)
        syncs[id] = answer
        perform(classic.sync(request, requestID: id, now: now))
    }

    mutating func leave(_ memberID: String, _ instanceID: String?, now: MonotonicInstant) -> KafkaErrorCode {
        let (code, actions) = classic.leave(memberID: memberID, groupInstanceID: instanceID, now: now)
        perform(actions)
        return code
    }

    mutating func handleTimeouts(now: MonotonicInstant) {
        perform(classic.handleTimeouts(now: now))
        _ = serverAssigned.handleTimeouts(now: now)
    }

    private mutating func perform(_ actions: [GroupAction]) {
        for action in actions {
            switch action {
            case .persist: stored = GroupSnapshot(classic)
            case .respondToJoin(let id, let outcome): joins.removeValue(forKey: id)?(outcome)
            case .respondToSync(let id, let outcome): syncs.removeValue(forKey: id)?(outcome)
            }
        }
    }

    /// Another broker has become the coordinator and read what was stored.
    mutating func move(now: MonotonicInstant) {
        (joins, syncs) = ([:], [:])
        classic = stored.restored(now: now)
        serverAssigned.restoreSessions(now: now)
    }
}
