import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

@Suite struct FetchSessionsTests {
    private static let now = MonotonicInstant(nanoseconds: 0)

    private func request(
        _ session: (id: Int32, epoch: Int32), _ partitions: [(Int32, Int64)], forgotten: [Int32] = []
    ) -> FetchRequest {
        var topic = FetchRequest.FetchTopic()
        topic.topic = "t"
        topic.partitions = partitions.map { index, offset in
            var partition = FetchRequest.FetchPartition()
            partition.partition = index
            partition.fetchOffset = offset
            return partition
        }
        var request = FetchRequest()
        request.sessionID = session.id
        request.sessionEpoch = session.epoch
        request.topics = partitions.isEmpty ? [] : [topic]
        if !forgotten.isEmpty {
            var entry = FetchRequest.ForgottenTopic()
            entry.topic = "t"
            entry.partitions = forgotten
            request.forgottenTopicsData = [entry]
        }
        return request
    }

    private func key(_ partition: Int32) -> FetchSessions.Key {
        .init(topic: "t", topicID: .zero, partition: partition)
    }

    private func data(_ partition: Int32, highWatermark: Int64, records: [UInt8] = []) -> FetchResponse.PartitionData {
        var data = FetchResponse.PartitionData()
        data.partitionIndex = partition
        data.highWatermark = highWatermark
        data.logStartOffset = 0
        data.records = records
        return data
    }

    /// The offsets that are read, in order; nil for a refusal.
    private func begin(
        _ sessions: inout FetchSessions, _ request: FetchRequest, usesIDs: Bool = false, newID: Int32 = 5,
        now: MonotonicInstant = now
    ) -> (Int32, [String])? {
        guard case .ready(let id, _, let wanted) = sessions.begin(
            request, usesIDs: usesIDs, newID: newID, now: now)
        else { return nil }
        return (id, wanted.map { "\($0.key.partition)@\($0.entry.fetchOffset)" })
    }

    @Test func sessionKeepsPartitionsAndReturnsWhatIsNew() throws {
        var sessions = FetchSessions()
        let first = try #require(begin(&sessions, request((0, 0), [(0, 10), (1, 20)])))
        #expect(first == (5, ["0@10", "1@20"]))
        for partition in [Int32(0), 1] {
            let isReturned = sessions.returns(
                data(partition, highWatermark: 30), of: key(partition), sessionID: 5, isIncremental: false)
            #expect(isReturned)
        }
        let second = try #require(begin(&sessions, request((5, 1), [(0, 15)])))
        #expect(second == (5, ["0@15", "1@20"]))
        let results = [
            data(0, highWatermark: 30), data(1, highWatermark: 31), data(0, highWatermark: 30, records: [1]),
        ].map { sessions.returns($0, of: key($0.partitionIndex), sessionID: 5, isIncremental: true) }
        #expect(results == [false, true, true])
        // The partition that had records is read last.
        let third = try #require(begin(&sessions, request((5, 2), [], forgotten: [])))
        #expect(third == (5, ["1@20", "0@15"]))
        let fourth = try #require(begin(&sessions, request((5, 3), [(2, 1)], forgotten: [1])))
        #expect(fourth == (5, ["0@15", "2@1"]))
        // A session without partitions ends.
        #expect(try #require(begin(&sessions, request((5, 4), [], forgotten: [0, 2]))) == (0, []))
        #expect(sessions.sessionCount == 0)
    }

    @Test func errorsAreReturnedEachTime() throws {
        var sessions = FetchSessions()
        _ = begin(&sessions, request((0, 0), [(0, 10)]))
        var failed = data(0, highWatermark: -1)
        failed.errorCode = .notLeaderOrFollower
        _ = sessions.returns(failed, of: key(0), sessionID: 5, isIncremental: false)
        for epoch in Int32(1)...2 {
            _ = begin(&sessions, request((5, epoch), []))
            let isReturned = sessions.returns(failed, of: key(0), sessionID: 5, isIncremental: true)
            #expect(isReturned)
        }
    }

    @Test func wrongSessionsAndEpochsAreRefused() {
        var sessions = FetchSessions()
        _ = begin(&sessions, request((0, 0), [(0, 10)]))
        func refusal(_ session: (Int32, Int32), usesIDs: Bool = false) -> KafkaErrorCode? {
            let beginning = sessions.begin(request(session, []), usesIDs: usesIDs, newID: 6, now: Self.now)
            if case .refused(let code) = beginning { return code }
            return nil
        }
        #expect(refusal((6, 1)) == .fetchSessionIDNotFound)
        #expect(refusal((5, 2)) == .invalidFetchSessionEpoch)
        #expect(refusal((5, 1), usesIDs: true) == .fetchSessionTopicIDError)
        // Epoch -1 ends the session.
        _ = sessions.begin(request((5, -1), [(0, 10)]), usesIDs: false, newID: 6, now: Self.now)
        #expect(sessions.sessionCount == 0)
    }

    @Test func sessionsAreLimitedAndTheOldestIsReplacedAfterAWhile() throws {
        var sessions = FetchSessions()
        for id in 1...Int32(FetchSessions.sessionsMax) {
            _ = begin(&sessions, request((0, 0), [(0, 10)]), newID: id)
        }
        let full = try #require(begin(&sessions, request((0, 0), [(0, 10)]), newID: 5000))
        #expect(full == (0, ["0@10"]))
        let later = Self.now.advanced(byMilliseconds: FetchSessions.evictionMilliseconds)
        _ = begin(&sessions, request((1, 1), []), now: later)
        #expect(try #require(begin(&sessions, request((0, 0), [(0, 10)]), newID: 5000, now: later)).0 == 5000)
        #expect(sessions.sessionCount == FetchSessions.sessionsMax)
        #expect(begin(&sessions, request((1, 2), []), now: later) != nil)
    }

    // MARK: Leader epochs

    @Test func epochEndsWhereTheNextBegins() {
        var epochs = LeaderEpochs()
        let areNew = [(0, 0), (0, 5), (3, 10)].map { epochs.begin($0, at: $1) }
        #expect(areNew == [true, false, true])
        #expect(epochs.end(of: 0, endOffset: 20, current: 3) == .init(number: 0, startOffset: 10))
        #expect(epochs.end(of: 2, endOffset: 20, current: 3) == .init(number: 0, startOffset: 10))
        #expect(epochs.end(of: 3, endOffset: 20, current: 3) == .init(number: 3, startOffset: 20))
        #expect(epochs.end(of: 4, endOffset: 20, current: 3) == nil)
        // The leader's epoch, in which nothing was written yet.
        #expect(epochs.end(of: 4, endOffset: 20, current: 4) == .init(number: 4, startOffset: 20))
        #expect(epochs.end(of: 3, endOffset: 20, current: 4) == .init(number: 3, startOffset: 20))
        #expect(epochs.epoch(at: 9) == 0 && epochs.epoch(at: 10) == 3)
        epochs.removeEpochs(before: 12)
        #expect(epochs.epochs == [.init(number: 3, startOffset: 12)])
        #expect(epochs.end(of: 1, endOffset: 20, current: 3) == .init(number: 1, startOffset: 12))
    }
}
