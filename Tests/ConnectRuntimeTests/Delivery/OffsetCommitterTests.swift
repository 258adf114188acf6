import Testing
import WireCore

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
                    progress: { _ in committer.noteProgress(of: id) }, firstWrite: { _ in }, failed: {},
                    brokersChanged: { _ in }))
            commit = TaskCommit(id: id, tracker: tracker, store: store)
        }

        func advance(to position: Int64) {
            let checkpoint = Checkpoint(partition: ["server": .string("s")], offset: ["pos": .integer(position)])
            _ = tracker.seal(emitted: 0, checkpoint: checkpoint)
        }
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
