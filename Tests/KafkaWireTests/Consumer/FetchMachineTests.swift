import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore

@testable import KafkaWire

@Suite struct FetchMachineTests {
    private static let (a, b) = (TopicPartition("t", 0), TopicPartition("t", 1))
    private var now = MonotonicInstant(nanoseconds: 1)

    /// A topic whose partitions are led by the brokers in `leaders`.
    private static func topic(_ leaders: Int32..., epoch: Int32 = 1) -> TopicDescription {
        TopicDescription(
            name: "t",
            partitions: leaders.enumerated().map { index, leader in
                TopicDescription.Partition(
                    index: Int32(index), leader: leader, leaderEpoch: epoch, replicas: [], inSyncReplicas: [])
            })
    }

    private static func machine(_ change: (inout FetchSettings) -> Void = { _ in }) -> FetchMachine {
        var settings = FetchSettings()
        settings.resetPolicy = .earliest
        change(&settings)
        return FetchMachine(settings, seed: 1)
    }

    /// A machine that fetches a and b from `leaders`.
    private func fetching(
        from leaders: (Int32, Int32), _ change: (inout FetchSettings) -> Void = { _ in }
    ) -> FetchMachine {
        var machine = Self.machine(change)
        machine.assign([Self.a, Self.b])
        machine.lead(["t": Self.topic(leaders.0, leaders.1)], now: now)
        _ = machine.seek(Self.a, to: FetchPosition(offset: 0))
        _ = machine.seek(Self.b, to: FetchPosition(offset: 0))
        return machine
    }

    private static func data(_ partition: TopicPartition, _ records: [UInt8]) -> FetchAnswer {
        var data = FetchResponse.PartitionData()
        data.partitionIndex = partition.partition
        data.records = records
        return FetchAnswer(partition: partition, data: data)
    }

    private static func error(_ partition: TopicPartition, _ code: KafkaErrorCode) -> FetchAnswer {
        var answer = data(partition, [])
        answer.data.errorCode = code
        return answer
    }

    private static func batch(at offset: Int64, _ count: Int = 2) throws -> [UInt8] {
        try TestBatches.make((0..<count).map { ("k", "\($0)") }, baseOffset: offset)
    }

    private func taken(_ machine: inout FetchMachine) throws -> FetchedRecords {
        let records = machine.takeRecords()
        return try #require(records)
    }

    private func job(_ machine: inout FetchMachine) throws -> FetchJob {
        let job = machine.nextJob(now: now)
        return try #require(job)
    }

    private func expectFetch(_ machine: inout FetchMachine, from broker: Int32? = nil) throws -> FetchRequestPlan {
        let job = try job(&machine)
        guard case .fetch(let plan) = job else {
            Issue.record("another job: \(job)")
            throw KafkaError.closed
        }
        if let broker { #expect(plan.broker == broker) }
        return plan
    }

    @Test func metadataThenPositionThenRecords() throws {
        var machine = Self.machine { $0.usesCommittedOffsets = true }
        #expect(machine.nextJob(now: now) == nil)
        machine.assign([Self.a])
        #expect(machine.nextJob(now: now) == .metadata(["t"]))
        #expect(machine.nextJob(now: now) == .committed([Self.a]))
        #expect(machine.nextJob(now: now) == nil)
        _ = machine.finish(.metadata(["t"]), .metadata(["t": .success(Self.topic(4))]), now: now)
        _ = machine.finish(.committed([Self.a]), .committed([Self.a: nil]), now: now)
        let targets = [Self.a: FetchJob.ListedTarget(target: .earliest, leaderEpoch: 1)]
        #expect(machine.nextJob(now: now) == .list(broker: 4, targets))
        _ = machine.finish(
            .list(broker: 4, targets), .listed([Self.a: .success(FetchPosition(offset: 7))]), now: now)
        let plan = try expectFetch(&machine, from: 4)
        #expect(plan.partitions[Self.a]?.offset == 7 && plan.partitions[Self.a]?.leaderEpoch == 1)
    }

    @Test func leadersAreFetchedFromIndependently() throws {
        var machine = fetching(from: (1, 2))
        let first = try expectFetch(&machine, from: 1)
        _ = try expectFetch(&machine, from: 2)
        #expect(machine.nextJob(now: now) == nil)
        _ = machine.finish(.fetch(first), .fetched(.none, sessionID: 0, []), now: now)
        _ = try expectFetch(&machine, from: 1)
    }

    @Test func positionAdvancesOverFetchedRecordsAndTheConsumedOneDoesNot() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        let answers = [Self.data(Self.a, try Self.batch(at: 0))]
        let received = machine.finish(.fetch(plan), .fetched(.none, sessionID: 0, answers), now: now)
        #expect(received.map(\.recordCount) == [2])
        #expect(machine.partitions[Self.a]?.position?.offset == 2)
        #expect(machine.partitions[Self.a]?.consumed?.offset == 0)
        var records = try taken(&machine)
        var values: [ConsumedRecord] = []
        try records.read(max: 1, into: &values)
        machine.consume(records)
        #expect(machine.partitions[Self.a]?.consumed?.offset == 1)
        machine.putBack(records)
        records = try taken(&machine)
        try records.read(max: 9, into: &values)
        #expect(values.map(\.offset) == [0, 1] && records.isAtEnd)
        machine.consume(records)
        machine.release(records)
        #expect(machine.partitions[Self.a]?.consumed?.offset == 2 && machine.bufferedBytes == 0)
    }

    @Test func fetchingWaitsForTheProgram() throws {
        let batch = try Self.batch(at: 0)
        var machine = fetching(from: (1, 1)) { $0.maxPartitionBytes = batch.count }
        let plan = try expectFetch(&machine)
        _ = machine.finish(
            .fetch(plan), .fetched(.none, sessionID: 0, [Self.data(Self.a, batch)]), now: now)
        // a has as much as it may have.
        let next = try expectFetch(&machine)
        #expect(Set(next.partitions.keys) == [Self.b])
        _ = machine.finish(.fetch(next), .fetched(.none, sessionID: 0, []), now: now)
        var records = try taken(&machine)
        var values: [ConsumedRecord] = []
        try records.read(max: 9, into: &values)
        machine.consume(records)
        #expect(Set(try expectFetch(&machine).partitions.keys) == [Self.b])
        machine.release(records)
        #expect(machine.bufferedBytes == 0)
    }

    @Test func allPartitionsTogetherAreBounded() throws {
        let batch = try Self.batch(at: 0)
        var machine = fetching(from: (1, 2)) { $0.maxBytes = batch.count }
        let plan = try expectFetch(&machine, from: 1)
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 0, [Self.data(Self.a, batch)]), now: now)
        #expect(machine.nextJob(now: now) == nil)
    }

    @Test func pausedPartitionIsNeitherFetchedNorReturned() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        #expect(machine.pause(Self.a, true) == true)
        _ = machine.finish(
            .fetch(plan), .fetched(.none, sessionID: 0, [Self.data(Self.a, try Self.batch(at: 0))]), now: now)
        #expect(machine.takeRecords() == nil && !machine.hasRecords)
        #expect(Set(try expectFetch(&machine).partitions.keys) == [Self.b])
        #expect(machine.pause(Self.a, false) == true)
        #expect(try taken(&machine).partition == Self.a)
    }

    @Test func recordsBeforeASeekAreDropped() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        #expect(machine.seek(Self.a, to: FetchPosition(offset: 50)) == true)
        let answers = [Self.data(Self.a, try Self.batch(at: 0)), Self.data(Self.b, try Self.batch(at: 0))]
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 0, answers), now: now)
        let records = try taken(&machine)
        #expect(records.partition == Self.b && !machine.hasRecords)
        #expect(machine.seek(Self.b, to: .earliest) == true)
        machine.putBack(records)
        #expect(!machine.hasRecords && machine.bufferedBytes == 0)
    }

    @Test func removedPartitionIsForgotten() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        _ = machine.finish(
            .fetch(plan), .fetched(.none, sessionID: 0, [Self.data(Self.a, try Self.batch(at: 0))]), now: now)
        machine.assign([Self.b])
        #expect(!machine.hasRecords && machine.bufferedBytes == 0)
        #expect(Set(try expectFetch(&machine).partitions.keys) == [Self.b])
    }

    @Test func partitionWithRecordsComesLastInAFullRequest() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        #expect(plan.request.partitions == [Self.a, Self.b])
        _ = machine.finish(
            .fetch(plan), .fetched(.none, sessionID: 0, [Self.data(Self.a, try Self.batch(at: 0))]), now: now)
        #expect(try expectFetch(&machine).request.partitions == [Self.b, Self.a])
    }

    @Test func lostLeaderIsLookedFor() throws {
        var machine = fetching(from: (1, 2))
        let plan = try expectFetch(&machine, from: 1)
        _ = machine.finish(.fetch(plan), .failed(.stream(.closed, broker: nil)), now: now)
        #expect(machine.errors.last?.isRetriable == true)
        #expect(machine.nextJob(now: now) == .metadata(["t"]))
        // The other leader is not affected.
        _ = try expectFetch(&machine, from: 2)
        _ = machine.finish(.metadata(["t"]), .metadata(["t": .success(Self.topic(3, 2, epoch: 2))]), now: now)
        _ = try expectFetch(&machine, from: 3)
    }

    @Test func failedBrokerIsAskedAgainAfterAPause() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        _ = machine.finish(.fetch(plan), .failed(.stream(.closed, broker: nil)), now: now)
        _ = machine.finish(
            try job(&machine), .metadata(["t": .success(Self.topic(1, 1))]), now: now)
        #expect(machine.nextJob(now: now) == nil)
        let time = try #require(machine.nextTime(now: now))
        #expect((80...120).contains(time.milliseconds(since: now)))
        let job = machine.nextJob(now: time)
        guard case .fetch = job else { return #expect(Bool(false), "\(String(describing: job))") }
    }

    /// KIP-951.
    @Test func newLeaderInTheResponseNeedsNoMetadata() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        var answer = Self.error(Self.a, .notLeaderOrFollower)
        answer.data.currentLeader.leaderID = 6
        answer.data.currentLeader.leaderEpoch = 2
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 0, [answer]), now: now)
        #expect(machine.partitions[Self.a]?.leader == 6)
        #expect(machine.partitions[Self.a]?.needsMetadata == false)
        answer.data.currentLeader.leaderEpoch = 1
        answer.partition = Self.b
        let next = try expectFetch(&machine, from: 1)
        _ = machine.finish(.fetch(next), .fetched(.none, sessionID: 0, [answer]), now: now)
        #expect(machine.partitions[Self.b]?.needsMetadata == true)
    }

    @Test func divergingEpochMovesThePosition() throws {
        var machine = fetching(from: (1, 1))
        _ = machine.seek(Self.a, to: FetchPosition(offset: 20, epoch: 1))
        let plan = try expectFetch(&machine)
        #expect(plan.partitions[Self.a]?.lastFetchedEpoch == 1)
        var answer = Self.data(Self.a, [])
        answer.data.divergingEpoch.epoch = 0
        answer.data.divergingEpoch.endOffset = 12
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 0, [answer]), now: now)
        #expect(machine.partitions[Self.a]?.position == FetchPosition(offset: 12, epoch: 0))
        #expect(machine.takeResets() == [KafkaPositionEvent(Self.a, .logTruncated, 20, next: 12)])
    }

    /// A topic that was deleted and created again has another id, and its records are read by the reset policy.
    @Test func positionOfAFormerTopicIsResetAndAnEvent() throws {
        var machine = fetching(from: (1, 1))
        let ids = [KafkaUUID(high: 1, low: 1), KafkaUUID(high: 2, low: 2)]
        var topic = Self.topic(1, 1)
        topic.id = ids[0]
        machine.lead(["t": topic], now: now)
        _ = machine.seek(Self.a, to: FetchPosition(offset: 20, epoch: 1))
        #expect(try expectFetch(&machine).partitions[Self.a]?.topicID == ids[0])
        topic.id = ids[1]
        machine.lead(["t": topic], now: now)
        let job = try job(&machine)
        guard case .list(1, let targets) = job else { return #expect(Bool(false), "\(job)") }
        #expect(targets.values.allSatisfy { $0.target == .earliest })
        let expected = [
            KafkaPositionEvent(Self.a, .topicRecreated, 20, next: nil),
            KafkaPositionEvent(Self.b, .topicRecreated, 0, next: nil),
        ]
        #expect(machine.takeResets().sorted { $0.partition < $1.partition } == expected)
        #expect(machine.takeResets().isEmpty)
        // A partition that is assigned later belongs to the new topic.
        machine.assign([])
        machine.assign([Self.a])
        _ = machine.seek(Self.a, to: FetchPosition(offset: 3, epoch: 0))
        machine.lead(["t": topic], now: now)
        #expect(machine.takeResets().isEmpty)
    }

    @Test func offsetOutOfRangeAtAFollowerIsRetriedAtTheLeader() throws {
        var machine = fetching(from: (1, 1))
        var plan = try expectFetch(&machine, from: 1)
        var answer = Self.data(Self.a, [])
        answer.data.preferredReadReplica = 9
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 0, [answer]), now: now)
        plan = try expectFetch(&machine, from: 1)
        #expect(Set(plan.partitions.keys) == [Self.b])
        plan = try expectFetch(&machine, from: 9)
        _ = machine.finish(
            .fetch(plan), .fetched(.none, sessionID: 0, [Self.error(Self.a, .offsetOutOfRange)]), now: now)
        #expect(machine.partitions[Self.a]?.phase == .fetching)
        #expect(machine.partitions[Self.a]?.source(now: now) == 1)
    }

    @Test func errorIsReportedOnceUntilItIsTaken() throws {
        var machine = fetching(from: (1, 1)) { $0.resetPolicy = nil }
        let plan = try expectFetch(&machine)
        _ = machine.finish(
            .fetch(plan), .fetched(.none, sessionID: 0, [Self.error(Self.a, .offsetOutOfRange)]), now: now)
        #expect(machine.takeFailure() == .consumer(.offsetOutOfRange(Self.a, offset: 0)))
        #expect(machine.takeFailure() == nil)
        // It is not fetched any more; the other one is.
        #expect(Set(try expectFetch(&machine).partitions.keys) == [Self.b])
    }

    /// A program that assigns partitions and then sets positions must not receive an error about the missing ones.
    @Test func positionThatIsSetReplacesTheErrorOfTheMissingOne() throws {
        var machine = Self.machine { $0.resetPolicy = nil }
        machine.assign([Self.a, Self.b])
        _ = machine.nextJob(now: now)
        #expect(machine.nextJob(now: now) == nil && machine.errors.hasFailure)
        #expect(machine.seek(Self.a, to: FetchPosition(offset: 3)) == true)
        #expect(machine.takeFailure() == .consumer(.noCommittedOffset(Self.b)))
        #expect(machine.takeFailure() == nil)
    }

    @Test func refusalIsAnErrorOfTheProgramAndRepeatedLater() throws {
        var machine = fetching(from: (1, 1))
        let plan = try expectFetch(&machine)
        let answers = [Self.error(Self.a, .topicAuthorizationFailed), Self.error(Self.b, .topicAuthorizationFailed)]
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 0, answers), now: now)
        #expect(machine.takeFailure()?.errorCode == .topicAuthorizationFailed)
        #expect(machine.nextJob(now: now) == nil)
        _ = try #require(machine.nextTime(now: now))
    }

    @Test func unknownSessionIsBegunAgainAtOnce() throws {
        var machine = fetching(from: (1, 1))
        var plan = try expectFetch(&machine)
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 5, []), now: now)
        plan = try expectFetch(&machine)
        #expect(plan.request == FetchSession.SessionRequest(sessionID: 5, epoch: 1))
        _ = machine.finish(.fetch(plan), .fetched(.fetchSessionIDNotFound, sessionID: 0, []), now: now)
        plan = try expectFetch(&machine)
        #expect(plan.request.epoch == 0 && plan.request.partitions == [Self.a, Self.b])
        #expect(machine.takeFailure() == nil)
    }

    @Test func openSessionsAreClosedAtTheEnd() throws {
        var machine = fetching(from: (1, 2))
        for sessionID in [Int32(5), 0] {
            let plan = try expectFetch(&machine)
            _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: sessionID, []), now: now)
        }
        let plan = try expectFetch(&machine)
        _ = machine.finish(.fetch(plan), .fetched(.none, sessionID: 5, []), now: now)
        let request = FetchSession.SessionRequest(sessionID: 5, epoch: -1)
        #expect(machine.closingRequests() == [FetchRequestPlan(broker: 1, request: request, partitions: [:])])
        #expect(machine.closingRequests().isEmpty)
    }

    @Test func brokerTooOldForEpochsIsTrusted() throws {
        var machine = fetching(from: (1, 1))
        _ = machine.seek(Self.a, to: FetchPosition(offset: 5, epoch: 0))
        let job = try job(&machine)
        guard case .validate(1, let positions) = job else { return #expect(Bool(false), "\(job)") }
        #expect(positions.keys.sorted() == [Self.a])
        _ = machine.finish(job, .failed(.unsupportedVersion(.offsetForLeaderEpoch, broker: 0...2)), now: now)
        #expect(machine.partitions[Self.a]?.phase == .fetching && machine.takeFailure() == nil)
    }

    @Test func missingPartitionKeepsAsking() throws {
        var machine = Self.machine()
        machine.assign([TopicPartition("t", 7)])
        _ = machine.finish(
            try job(&machine), .metadata(["t": .success(Self.topic(1))]), now: now)
        #expect(machine.errors.last?.description.contains("partition 7 of topic t") == true)
        #expect(machine.nextJob(now: now) == nil)
        let time = try #require(machine.nextTime(now: now))
        #expect(machine.nextJob(now: time) == .metadata(["t"]))
    }

    @Test func metadataIsRenewedWhenItExpires() throws {
        var machine = fetching(from: (1, 1))
        _ = try expectFetch(&machine)
        let later = now.advanced(byMilliseconds: 300_000)
        #expect(machine.nextJob(now: later) == .metadata(["t"]))
    }
}
