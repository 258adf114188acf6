import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaBroker
@testable import KafkaWire

@Suite(.serialized) struct CoordinatorCacheTests {
    private static func member(of cluster: Cluster) throws -> GroupMembership {
        let membership = GroupMembership(cluster.client, GroupConfiguration(groupID: "g", protocolType: "connect"))
        _ = try membership.join(protocols: [("default", [])]) { _, members in [members[0].memberID: []] }
        return membership
    }

    @Test func heartbeatIsOneRequest() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let counts = cluster.countRequests()
        let membership = try Self.member(of: cluster)
        #expect(counts[.findCoordinator] == 1)
        for _ in 0..<3 { #expect(try membership.heartbeat() == .stable) }
        #expect(counts[.findCoordinator] == 1)
        #expect(counts[.heartbeat] == 3)
    }

    @Test(arguments: [KafkaErrorCode.notCoordinator, .coordinatorNotAvailable])
    func coordinatorIsFoundAgainAfterItsRefusal(_ code: KafkaErrorCode) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let membership = try Self.member(of: cluster)
        let refusals = Countdown(1)
        cluster.intercept { request in
            guard request.apiKey == .heartbeat, refusals.take() else { return nil }
            return .refuse(code)
        }
        let counts = cluster.countRequests()
        #expect(try membership.heartbeat() == .stable)
        #expect(counts[.findCoordinator] == 1)
        #expect(counts[.heartbeat] == 2)
    }

    @Test func coordinatorIsFoundAgainAfterALostConnection() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let membership = try Self.member(of: cluster)
        cluster.stopBroker()
        #expect(throws: KafkaError.self) { try membership.leave() }
        try cluster.startBroker()
        let counts = cluster.countRequests()
        _ = try membership.join(protocols: [("default", [])]) { _, members in [members[0].memberID: []] }
        #expect(counts[.findCoordinator] == 1)
    }

    @Test func eachGroupHasItsCoordinator() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let counts = cluster.countRequests()
        let admin = KafkaAdmin(cluster.client)
        for group in ["a", "b", "a", "b"] { _ = try admin.describeGroup(group) }
        #expect(counts[.findCoordinator] == 2)
        #expect(counts[.describeGroups] == 4)
    }
}
