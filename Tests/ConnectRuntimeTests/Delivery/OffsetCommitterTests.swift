import KafkaBroker
import KafkaProtocol
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct OffsetCommitterTests {
    /// A task whose checkpoints the test sets.
    private struct Task {
        let commit: TaskCommit
        let tracker: DeliveryTracker

        init(_ id: TaskID, _ store: OffsetStore, _ committer: OffsetCommitter) {
            let logger = Logger("test")
            tracker = DeliveryTracker(
                logger: logger,
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

    private let kafka: KafkaHarness

    init() throws { kafka = try KafkaHarness() }

    private func store(_ topic: String) throws -> OffsetStore { OffsetStore(log: try kafka.openLog(topic)) }

    /// One partition of the offsets topic has no leader, or a slow one.
    @Test func slowCommitDelaysNoOtherTask() throws {
        let gate = kafka.hold(.produce, topic: "slow")
        let committer = OffsetCommitter(flushIntervalMilliseconds: 10)
        committer.start()
        defer { committer.stop(timeoutMilliseconds: 1000) }
        let slow = Task(TaskID(connector: "slow", task: 0), try store("slow"), committer)
        let quick = Task(TaskID(connector: "quick", task: 0), try store("quick"), committer)
        committer.register(slow.commit)
        committer.register(quick.commit)
        slow.advance(to: 1)
        #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
        for position in 1...3 {
            quick.advance(to: Int64(position))
            let records = try kafka.awaitRecords("quick") { $0.count >= position }
            #expect(records.count == position)
        }
        // A later checkpoint is committed after the commit that is in progress.
        slow.advance(to: 2)
        #expect(gate.heldCount == 1)
        gate.open()
        let records = try kafka.awaitRecords("slow") { $0.count >= 2 }
        #expect(records.map(\.valueText) == ["{\"pos\":1}", "{\"pos\":2}"])
        #expect(committer.interruption == nil)
    }

    /// The end of a task waits for the commit in progress, and commits the checkpoints after it.
    @Test func lastCommitOfATaskFollowsTheOneInProgress() throws {
        let gate = kafka.hold(.produce, topic: "offsets")
        let committer = OffsetCommitter(flushIntervalMilliseconds: 10)
        let task = Task(TaskID(connector: "a", task: 0), try store("offsets"), committer)
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
        gate.open()
        #expect(ended.wait(milliseconds: KafkaHarness.waitMilliseconds))
        #expect(isFirstCommitted.wait { $0 } == true)
        #expect(try kafka.latest("offsets").values.first == "{\"pos\":2}")
    }

    /// An abandoned task may end, and unregister, after its successor has registered.
    @Test func taskThatEndsLateDoesNotUnregisterItsSuccessor() throws {
        let store = try store("offsets")
        let committer = OffsetCommitter(flushIntervalMilliseconds: 10)
        committer.start()
        defer { committer.stop(timeoutMilliseconds: 1000) }
        let id = TaskID(connector: "a", task: 0)
        let (former, successor) = (Task(id, store, committer), Task(id, store, committer))
        committer.register(former.commit)
        committer.register(successor.commit)
        committer.unregister(former.commit)
        successor.advance(to: 7)
        let committed = try kafka.awaitRecords("offsets") { !$0.isEmpty }
        #expect(committed.map(\.valueText) == ["{\"pos\":7}"])
    }
}
