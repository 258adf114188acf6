import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct WorkerGroupMembershipTests {
    private let url = "http://127.0.0.1:8083/"

    @Test func formerMembershipOfTheSameWorkerIsRemovedOnceTheWorkerJoins() throws {
        let kafka = try KafkaHarness()
        let former = kafka.makeMember()
        try kafka.join(former, url: url, host: WorkerHost.current)
        let worker = try WorkerHarness(kafka: kafka)
        defer { worker.stop() }
        _ = try worker.call("GET", "/connectors")
        #expect(try kafka.group().members.map(\.memberID) != [former.generation?.memberID])
        #expect(try kafka.group().members.count == 1)
        // The group was never empty, which would have been a generation of its own.
        #expect(try statusGeneration(worker) == 2)
    }

    /// Brokers show the members' metadata only while the group is stable. A worker that was killed while it joined
    /// leaves a group that is not.
    @Test func formerMembershipIsIdentifiedByItsClientIDDuringARebalance() throws {
        let kafka = try KafkaHarness()
        let suffix = try #require(WorkerHost.current).clientIDSuffix
        let clientID = "connect-127.0.0.1:8083-\(suffix)"
        let (first, second) = (kafka.makeMember(clientID: clientID), kafka.makeMember(clientID: clientID))
        try kafka.join(first, url: "http://elsewhere:8083/", host: nil)
        // The second waits for the first to join again, which does not happen.
        let hasEnded = ThreadCompletion()
        startThread(named: "former-member", completion: hasEnded) { [url] in
            #expect(throws: (any Error).self) { try kafka.join(second, url: url, host: nil) }
        }
        try kafka.awaitGroup(state: "PreparingRebalance")
        second.cancel()
        #expect(hasEnded.wait(milliseconds: KafkaHarness.waitMilliseconds))
        let worker = try WorkerHarness(kafka: kafka)
        defer { worker.stop() }
        _ = try worker.call("GET", "/connectors")
        #expect(try kafka.group().members.count == 1)
        #expect(try statusGeneration(worker) > 1)
    }

    @Test func anotherLiveWorkerEndsTheStartWithTheRemedy() throws {
        let kafka = try KafkaHarness()
        let other = kafka.makeMember()
        try kafka.join(other, url: "http://10.0.0.9:8083/", host: WorkerHost.current)
        // The worker waits for the session timeout and two seconds.
        let worker = try WorkerHarness(kafka: kafka, properties: ["session.timeout.ms": "1"])
        guard case .failed(let why) = worker.worker.awaitTermination() else {
            Issue.record("the worker starts although another one is in the group")
            return
        }
        #expect(why.contains("http://10.0.0.9:8083/") && why.contains("group.id"))
        #expect(try other.heartbeat() == .stable)
    }

    /// Two machines whose own names resolve to `127.0.1.1`, a machine that was rebooted, and a worker that does not
    /// announce its host.
    @Test func workerWithTheSameURLOnAnotherHostIsAnotherWorker() throws {
        let own = WorkerHost(name: "a", bootID: "1")
        let classifier = MemberClassifier(configuration: try WorkerHarness.configuration(), host: own)
        func members(host: WorkerHost?) throws -> MemberClassifier.Members {
            let member = GroupDescription.Member(
                memberID: "m", clientID: "connect", clientHost: "/127.0.0.1",
                metadata: MemberMetadata(url: url, configOffset: 1, host: host).encoded(version: 2), assignment: [])
            return try classifier.members(
                of: GroupDescription(
                    groupID: "g", state: "Stable", protocolType: "connect", protocolName: "sessioned", members: [member]))
        }
        for host in [WorkerHost(name: "b", bootID: "1"), WorkerHost(name: "a", bootID: "2"), nil] {
            #expect(try members(host: host) == MemberClassifier.Members(own: [], others: [url]))
        }
        #expect(try members(host: own) == MemberClassifier.Members(own: ["m"], others: []))
    }

    @Test func statusesContainTheGenerationOfTheGroup() throws {
        let kafka = try KafkaHarness()
        // A generation with the member, and one without members.
        let other = kafka.makeMember()
        try kafka.join(other, url: "http://10.0.0.9:8083/", host: nil)
        try other.leave()
        let worker = try WorkerHarness(kafka: kafka)
        defer { worker.stop() }
        #expect(try statusGeneration(worker) == 3)
        #expect(try kafka.latest("status")["status-task-a-0"]
            == "{\"state\":\"RUNNING\",\"trace\":null,\"worker_id\":\"127.0.0.1:8083\",\"generation\":3,\"version\":\"3.6.1.Final\"}")
    }

    /// The generation in the status of a task that runs.
    private func statusGeneration(_ worker: WorkerHarness) throws -> Int64 {
        _ = try worker.call("POST", "/connectors", """
            {"name":"a","config":{"connector.class":"MySql","database.hostname":"h"}}
            """)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        func isOfRunningTask(_ record: ConsumedRecord) -> Bool {
            record.keyText == "status-task-a-0" && record.valueText?.contains("RUNNING") == true
        }
        let statuses = try worker.kafka.awaitRecords("status") { $0.contains(where: isOfRunningTask) }
        let value = try #require(statuses.first(where: isOfRunningTask)?.value)
        return try #require(try JSONValue.parse(value).objectValue?["generation"]?.integerValue)
    }
}
