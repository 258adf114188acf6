import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct WorkerGroupMembershipTests {
    private let url = "http://127.0.0.1:8083/"

    private func member(_ id: String, url: String, host: WorkerHost?) -> GroupDescription.Member {
        GroupDescription.Member(
            memberID: id, clientID: "connect", clientHost: "/127.0.0.1",
            metadata: MemberMetadata(url: url, configOffset: 1, host: host).encoded(version: 2), assignment: [])
    }

    @Test func formerMembershipsOfTheSameWorkerAreRemoved() throws {
        let cluster = MemoryCluster()
        let former = member("old", url: url, host: WorkerHost.current)
        cluster.state.update { $0.members = [former] }
        let worker = try WorkerHarness(cluster: cluster)
        defer { worker.stop() }
        _ = try worker.call("GET", "/connectors")
        // The join came first, so that the group was never empty.
        #expect(cluster.state.withLock { $0.generation } == 1)
        #expect(cluster.state.withLock { $0.removedMembers } == ["old"])
    }

    /// A worker that was killed while it joined left a group that forms, of whose members brokers show the client only.
    @Test func aFormerMembershipIsKnownByItsClientWhileTheGroupForms() throws {
        let cluster = MemoryCluster()
        let suffix = try #require(WorkerHost.current).clientIDSuffix
        let former = GroupDescription.Member(
            memberID: "old", clientID: "connect-127.0.0.1:8083-\(suffix)", clientHost: "/127.0.0.1", metadata: [],
            assignment: [])
        cluster.state.update { state in
            state.members = [former]
            state.groupState = "CompletingRebalance"
        }
        let worker = try WorkerHarness(cluster: cluster)
        defer { worker.stop() }
        _ = try worker.call("GET", "/connectors")
        #expect(cluster.state.withLock { $0.removedMembers } == ["old"])
    }

    @Test func anotherLiveWorkerEndsTheStartWithTheRemedy() throws {
        let cluster = MemoryCluster()
        let other = member("other", url: "http://10.0.0.9:8083/", host: WorkerHost.current)
        cluster.state.update { $0.members = [other] }
        // The patience is the session time-out and two seconds.
        let worker = try WorkerHarness(cluster: cluster, properties: ["session.timeout.ms": "1"])
        guard case .failed(let why) = worker.worker.awaitTermination() else {
            Issue.record("the worker starts beside another one")
            return
        }
        #expect(why.contains("http://10.0.0.9:8083/") && why.contains("group.id"))
        #expect(cluster.state.withLock { $0.removedMembers } == [])
    }

    /// Two machines whose own names lead to `127.0.1.1`, a machine that was started again, and a worker that does not
    /// say where it runs.
    @Test func theSameURLElsewhereIsAnotherWorker() throws {
        let (cluster, own) = (MemoryCluster(), WorkerHost(name: "a", bootID: "1"))
        let configuration = try WorkerHarness.configuration()
        let classifier = MemberClassifier(configuration: configuration, host: own)
        for host in [WorkerHost(name: "b", bootID: "1"), WorkerHost(name: "a", bootID: "2"), nil] {
            cluster.state.update { $0.members = [member("m", url: url, host: host)] }
            let group = try cluster.makeMembership().describe()
            #expect(try classifier.members(of: group) == MemberClassifier.Members(own: [], others: [url]))
        }
        cluster.state.update { $0.members = [member("m", url: url, host: own)] }
        let group = try cluster.makeMembership().describe()
        #expect(try classifier.members(of: group) == MemberClassifier.Members(own: ["m"], others: []))
    }

    @Test func statusesCarryTheGenerationOfTheGroup() throws {
        let cluster = MemoryCluster()
        cluster.state.update { $0.generation = 41 }
        let worker = try WorkerHarness(cluster: cluster)
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", """
            {"name":"a","config":{"connector.class":"MySql","database.hostname":"h"}}
            """)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        #expect(cluster.latest("status")["status-task-a-0"]
            == "{\"state\":\"RUNNING\",\"trace\":null,\"worker_id\":\"127.0.0.1:8083\",\"generation\":42,\"version\":\"3.6.1.Final\"}")
    }
}
