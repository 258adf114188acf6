import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

/// Sends requests to one group and collects the responses by request ID.
struct GroupDriver {
    var group = ConsumerGroup(groupID: "g")
    var now = MonotonicInstant(nanoseconds: 1)
    private var lastRequestNumber: UInt64 = 0
    /// The answered requests, to prove that none is answered twice.
    private var answered: Set<GroupRequestID> = []
    private(set) var joins: [GroupRequestID: JoinOutcome] = [:]
    private(set) var syncs: [GroupRequestID: SyncOutcome] = [:]
    private(set) var persisted = 0

    mutating func requestID() -> GroupRequestID {
        lastRequestNumber += 1
        return GroupRequestID(number: lastRequestNumber)
    }

    mutating func perform(_ actions: [GroupAction]) {
        for action in actions {
            switch action {
            case .respondToJoin(let requestID, let outcome):
                #expect(answered.insert(requestID).inserted, "a request is answered twice")
                joins[requestID] = outcome
            case .respondToSync(let requestID, let outcome):
                #expect(answered.insert(requestID).inserted, "a request is answered twice")
                syncs[requestID] = outcome
            case .persist: persisted += 1
            }
        }
    }

    static func request(
        _ memberID: String = "", instance: String? = nil, protocols: [String] = ["range"], type: String = "consumer",
        metadata: String = "m", requiresKnownMemberID: Bool = false, session: Int32 = 10_000,
        rebalance: Int32 = 60_000
    ) -> JoinRequest {
        JoinRequest(
            memberID: memberID, groupInstanceID: instance, clientID: "c", clientHost: "/h",
            sessionTimeoutMilliseconds: session, rebalanceTimeoutMilliseconds: rebalance, protocolType: type,
            protocols: protocols.map { OfferedProtocol(name: $0, metadata: Array(metadata.utf8)) },
            requiresKnownMemberID: requiresKnownMemberID, supportsSkippingAssignment: true)
    }

    mutating func join(_ request: JoinRequest, newID: String = "new") -> GroupRequestID {
        let requestID = requestID()
        perform(group.join(request, requestID: requestID, newMemberID: newID, now: now))
        return requestID
    }

    mutating func sync(
        _ memberID: String, _ assignments: [String: String] = [:], generation: Int32? = nil
    ) -> GroupRequestID {
        let requestID = requestID()
        let request = SyncRequest(
            memberID: memberID, groupInstanceID: nil, generation: generation ?? group.generation,
            protocolType: nil, protocolName: nil, assignments: assignments.mapValues { Array($0.utf8) })
        perform(group.sync(request, requestID: requestID, now: now))
        return requestID
    }

    mutating func leave(_ memberID: String) -> KafkaErrorCode {
        let (code, actions) = group.leave(memberID: memberID, groupInstanceID: nil, now: now)
        perform(actions)
        return code
    }

    mutating func heartbeat(_ memberID: String) -> KafkaErrorCode {
        group.heartbeat(memberID: memberID, groupInstanceID: nil, generation: group.generation, now: now)
    }

    mutating func advance(milliseconds: Int) {
        now = now.advanced(byMilliseconds: milliseconds)
        perform(group.handleTimeouts(now: now))
    }

    func joined(_ requestID: GroupRequestID) -> JoinOutcome.Joined? {
        if case .joined(let joined) = joins[requestID] { joined } else { nil }
    }

    /// A stable group of members a and b, led by a.
    static func pair() -> GroupDriver {
        var driver = GroupDriver()
        _ = driver.join(request(), newID: "a")
        _ = driver.sync("a", ["a": "all"])
        let b = driver.join(request(), newID: "b")
        let a = driver.join(request("a"))
        #expect(driver.joined(a)?.leaderID == "a")
        #expect(driver.joined(b)?.leaderID == "a")
        let waiting = driver.sync("b")
        #expect(driver.syncs[waiting] == nil)
        _ = driver.sync("a", ["a": "1", "b": "2"])
        #expect(driver.syncs[waiting] == .assigned(protocolType: "consumer", protocolName: "range", assignment: [0x32]))
        #expect(driver.group.phase == .stable)
        return driver
    }
}
