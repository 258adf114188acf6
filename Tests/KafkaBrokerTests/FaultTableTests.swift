import KafkaProtocol
import Testing
import WireCore

@testable import KafkaBroker

@Suite struct FaultTableTests {
    private static func request(
        _ key: APIKey = .produce, version: Int16 = 9, client: String = "c", node: Int32 = 1,
        _ entries: [RequestEntry] = [RequestEntry(topic: "orders", partition: 0)]
    ) -> InterceptedRequest {
        InterceptedRequest(
            apiKey: key, version: version, clientID: client, nodeID: node, message: ProduceRequest(),
            entries: { entries })
    }

    /// Whether the fault applies to each of some requests.
    private func applies(_ text: String, to requests: InterceptedRequest...) throws -> [Bool] {
        let fault = try Fault(text: text)
        return requests.map { request in
            var table = FaultTable()
            table.add(fault)
            return table.decide(request) != nil
        }
    }

    @Test func requestsAreMatchedByEachField() throws {
        let own = Self.request()
        let error = "error=NOT_LEADER_OR_FOLLOWER"
        #expect(try applies(error, to: own) == [true])
        #expect(try applies("api=Produce,\(error)", to: own, Self.request(.fetch)) == [true, false])
        #expect(try applies("version=9,\(error)", to: own, Self.request(version: 8)) == [true, false])
        #expect(
            try applies("version=7-8,\(error)", to: own, Self.request(version: 8), Self.request(version: 7))
                == [false, true, true])
        #expect(try applies("node=1,\(error)", to: own, Self.request(node: 2)) == [true, false])
        #expect(try applies("client_id=c,\(error)", to: own, Self.request(client: "d")) == [true, false])
        let other = Self.request(.produce, [RequestEntry(topic: "other", partition: 1)])
        #expect(try applies("topic=orders,\(error)", to: own, other) == [true, false])
        #expect(try applies("partition=0,\(error)", to: own, other) == [true, false])
        let group = Self.request(.heartbeat, [RequestEntry(group: "g")])
        #expect(try applies("group=g,error=NOT_COORDINATOR", to: own, group) == [false, true])
        let transaction = Self.request(.endTxn, [RequestEntry(transactionalID: "x")])
        #expect(try applies("transactional_id=x,error=INVALID_PRODUCER_EPOCH", to: own, transaction) == [false, true])
    }

    @Test func topicAndPartitionAreThoseOfOneEntry() throws {
        let request = Self.request(
            .produce, [RequestEntry(topic: "a", partition: 0), RequestEntry(topic: "b", partition: 1)])
        #expect(try applies("topic=a,partition=1,delay_ms=1", to: request) == [false])
        #expect(try applies("topic=b,partition=1,delay_ms=1", to: request) == [true])
    }

    @Test func leadersMoveForRequestsAboutPartitions() throws {
        let heartbeat = Self.request(.heartbeat, [RequestEntry(group: "g")])
        let metadata = Self.request(.metadata, [RequestEntry(topic: "orders", hasAllPartitions: true)])
        let applied = try applies("move_leader=before", to: Self.request(), heartbeat, metadata)
        #expect(applied == [true, false, true])
    }

    @Test func faultAppliesAfterSkipAndAtMostCountTimes() throws {
        var table = FaultTable()
        table.add(try Fault(text: "skip=2,count=3,delay_ms=1"))
        let applied = (0..<8).map { _ in table.decide(Self.request()) != nil }
        #expect(applied == [false, false, true, true, true, false, false, false])
        #expect(table.entries[0].matchedCount == 8 && table.entries[0].appliedCount == 3)
    }

    @Test func probabilityIsReproducibleByItsSeed() throws {
        func applied(_ seed: Int) throws -> [Bool] {
            var table = FaultTable()
            table.add(try Fault(text: "probability=0.25,seed=\(seed),delay_ms=1"))
            return (0..<1000).map { _ in table.decide(Self.request()) != nil }
        }
        let first = try applied(1)
        #expect(try applied(1) == first)
        #expect(try applied(2) != first)
        #expect((200...300).contains(first.count { $0 }))
    }

    @Test func firstFaultThatAppliesDecides() throws {
        var table = FaultTable()
        table.add(try Fault(text: "api=Produce,count=1,error=NOT_LEADER_OR_FOLLOWER"))
        table.add(try Fault(text: "delay_ms=5"))
        #expect(table.decide(Self.request())?.error == .notLeaderOrFollower)
        #expect(table.decide(Self.request())?.delayMilliseconds == 5)
        #expect(table.entries.map(\.matchedCount) == [2, 1])
    }

    @Test func removedFaultDoesNotApply() throws {
        var table = FaultTable()
        let first = table.add(try Fault(text: "delay_ms=1"))
        let second = table.add(try Fault(text: "delay_ms=2"))
        #expect(table.remove(first.id) && !table.remove(first.id))
        #expect(table.decide(Self.request())?.delayMilliseconds == 2)
        table.removeAll()
        #expect(table.decide(Self.request()) == nil)
        #expect(table.add(try Fault(text: "delay_ms=1")).id != second.id)
    }

    @Test(arguments: [
        "api=Produce,version=3-9,topic=orders,partition=0,node=1,client_id=c,skip=1,count=2,probability=0.5,seed=7,"
            + "delay_ms=1,throttle_time_ms=2,error=NOT_LEADER_OR_FOLLOWER",
        "api=Produce,disconnect=after,move_leader=after", "api=JoinGroup,group=g,disconnect=before", "api=EndTxn,transactional_id=x,drop=after",
    ]) func textAndJSONAreReadAndWritten(text: String) throws {
        let fault = try Fault(text: text)
        #expect(fault.text == text)
        #expect(try Fault(json: .object(fault.json)) == fault)
        #expect(try Fault(text: String(decoding: JSONValue.object(fault.json).encoded(), as: UTF8.self)) == fault)
    }

    @Test(arguments: [
        ("api=Produze,delay_ms=1", "api"), ("api=StopReplica,delay_ms=1", "api"), ("version=x,delay_ms=1", "version"),
        ("version=9-3,delay_ms=1", "version"), ("api=Produce,version=0-1,delay_ms=1", "version"),
        ("topic=a b,delay_ms=1", "topic"), ("partition=-1,delay_ms=1", "partition"), ("count=0,delay_ms=1", "count"),
        ("skip=-1,delay_ms=1", "skip"), ("probability=0,delay_ms=1", "probability"),
        ("probability=2,delay_ms=1", "probability"), ("seed=3,delay_ms=1", "seed"), ("delay_ms=x", "delay_ms"),
        ("delay_ms=99999999999999999999", "delay_ms"), ("error=NONE", "error"), ("error=NOPE", "error"),
        ("disconnect=now", "disconnect"), ("drop=true", "drop"), ("error=NOT_COORDINATOR,drop=after", "drop"),
        ("throttle_time_ms=5,disconnect=after", "throttle_time_ms"), ("api=Produce", "fault"), ("dealy_ms=1", "dealy_ms"),
        ("delay_ms", "delay_ms"), ("delay_ms=1,delay_ms=2", "delay_ms"), ("api=Heartbeat,topic=t,delay_ms=1", "topic"),
        ("api=Produce,group=g,delay_ms=1", "group"), ("api=Heartbeat,move_leader=after", "move_leader"),
        ("move_leader=now", "move_leader"), ("move_leader=after,drop=before", "move_leader"), ("{", "fault"), ("{\"count\":[1]}", "count"),
    ]) func invalidFieldIsNamed(text: String, field: String) {
        #expect { try Fault(text: text) } throws: { ($0 as? FaultFieldError)?.field == field }
    }
}
