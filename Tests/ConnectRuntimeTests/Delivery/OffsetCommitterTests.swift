import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct OffsetCommitterTests {
    /// A task that has one checkpoint to commit whenever it is told to.
    private struct Task {
        let commit: TaskCommit
        let tracker: DeliveryTracker

        init(_ id: TaskID, _ store: OffsetStore, _ committer: OffsetCommitter) {
            let logger = Logger("test")
            tracker = DeliveryTracker(
                toleratesErrors: false, logger: logger,
                reports: DeliveryTracker.Reports(
                    progress: { _ in committer.reportProgress(of: id) }, firstWrite: { _ in }, failed: {},
                    brokersChanged: { _ in }))
            commit = TaskCommit(id: id, tracker: tracker, store: store) { _ in }
        }

        func advance(to position: Int64) {
            let checkpoint = Checkpoint(partition: ["server": .string("s")], offset: ["pos": .integer(position)])
            _ = tracker.seal(emitted: 0, checkpoint: checkpoint)
        }
    }

    private func store(_ name: String, _ cluster: MemoryCluster) throws -> OffsetStore {
        let topic = WorkerConfiguration.InternalTopic(
            name: name, partitions: 1, replicationFactor: 1, configuration: [])
        return OffsetStore(log: try cluster.openLog(topic, purpose: .offsets))
    }

    /// One partition of the offsets topic has no leader, or a slow one.
    @Test func aCommitThatTakesLongHoldsUpNoOther() throws {
        let cluster = MemoryCluster()
        cluster.state.update { $0.heldAppendTopics = ["slow"] }
        let committer = OffsetCommitter(flushIntervalMilliseconds: 10)
        committer.start()
        defer { committer.stop(timeoutMilliseconds: 1000) }
        let slow = Task(TaskID(connector: "slow", task: 0), try store("slow", cluster), committer)
        let quick = Task(TaskID(connector: "quick", task: 0), try store("quick", cluster), committer)
        committer.register(slow.commit)
        committer.register(quick.commit)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
        slow.advance(to: 1)
        #expect(cluster.state.wait(until: deadline) { $0.heldAppends.isEmpty ? nil : true } == true)
        for position: Int64 in 1...3 {
            quick.advance(to: position)
            let count = cluster.state.wait(until: deadline) { state in
                state.logs["quick"].flatMap { $0.count >= position ? $0.count : nil }
            }
            #expect(count == Int(position))
        }
        // What comes meanwhile follows the commit that is in progress.
        slow.advance(to: 2)
        #expect(cluster.state.withLock { $0.heldAppends.count } == 1)
        cluster.releaseAppends()
        let last = cluster.state.wait(until: deadline) { state -> String? in
            guard let records = state.logs["slow"], records.count == 2 else { return nil }
            return records.last?.value.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(last == "{\"pos\":2}")
        #expect(committer.interruption == nil)
    }

    /// The end of a task waits for the commit that is in progress, and commits what came after it.
    @Test func theLastCommitFollowsTheOneUnderWay() throws {
        let cluster = MemoryCluster()
        cluster.state.update { $0.heldAppendTopics = ["offsets"] }
        let committer = OffsetCommitter(flushIntervalMilliseconds: 10)
        let task = Task(TaskID(connector: "a", task: 0), try store("offsets", cluster), committer)
        task.advance(to: 1)
        let isFirstCommitted = Monitor<Bool?>(nil)
        #expect(task.commit.begin { isCommitted in isFirstCommitted.update { $0 = isCommitted } })
        #expect(!task.commit.begin { _ in })
        task.advance(to: 2)
        let ended = ThreadCompletion()
        startThread(named: "task-end") {
            #expect(task.commit.commit())
            ended.finish()
        }
        cluster.releaseAppends()
        #expect(ended.wait(milliseconds: 10_000))
        #expect(isFirstCommitted.wait { $0 } == true)
        #expect(cluster.latest("offsets").values.first == "{\"pos\":2}")
    }

    /// A task that was given up ends later than its successor begins, and takes leave of the committer then.
    @Test func aTaskThatEndsLateDoesNotTakeItsSuccessorsPlaceAway() throws {
        let cluster = MemoryCluster()
        let topic = WorkerConfiguration.InternalTopic(name: "offsets", partitions: 1, replicationFactor: 1, configuration: [])
        let store = OffsetStore(log: try cluster.openLog(topic, purpose: .offsets))
        let committer = OffsetCommitter(flushIntervalMilliseconds: 10)
        committer.start()
        defer { committer.stop(timeoutMilliseconds: 1000) }
        let id = TaskID(connector: "a", task: 0)
        let (former, successor) = (Task(id, store, committer), Task(id, store, committer))
        committer.register(former.commit)
        committer.register(successor.commit)
        committer.unregister(former.commit)
        successor.advance(to: 7)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
        let committed = cluster.state.wait(until: deadline) { state in
            state.logs["offsets"]?.last?.value.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(committed == "{\"pos\":7}")
    }
}
