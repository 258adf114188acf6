import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct DeliveryTrackerTests {
    private let progress = Monitor(0)
    private let written = Monitor<[String]>([])
    private let tracker: DeliveryTracker

    init() {
        let (progress, written) = (progress, written)
        tracker = DeliveryTracker(
            logger: Logger("test"),
            reports: DeliveryTracker.Reports(
                progress: { _ in progress.update { $0 += 1 } },
                firstWrite: { topic in written.update { $0.append(topic) } },
                failed: {}, brokersChanged: { _ in }))
    }

    private func advance(to position: Int64) {
        let checkpoint = Checkpoint(partition: ["server": .string("s")], offset: ["pos": .integer(position)])
        _ = tracker.seal(emitted: 0, checkpoint: checkpoint)
    }

    @Test func progressIsNotReportedWhileACommitIsScheduled() {
        advance(to: 1)
        #expect(progress.withLock { $0 } == 1)
        tracker.setCommitScheduled(true)
        advance(to: 2)
        #expect(progress.withLock { $0 } == 1)
        // The scheduled commit begins: it takes both, and later progress is reported.
        tracker.setCommitScheduled(false)
        #expect(tracker.takeCommittable().checkpoints.map(\.offset) == [["pos": .integer(2)]])
        advance(to: 3)
        #expect(progress.withLock { $0 } == 2)
    }

    @Test func firstWriteOfEachTopicIsReportedOnce() {
        for topic in ["a", "a", "b", "a", "b"] {
            let tag = tracker.seal(emitted: 0, checkpoint: Checkpoint(partition: [:], offset: [:]))
            tracker.finished(topic: topic, partition: 0, tags: [TagRun(tag: tag, count: 1)], error: nil)
            _ = tracker.seal(emitted: 1, checkpoint: Checkpoint(partition: [:], offset: [:]))
        }
        #expect(written.withLock { $0 } == ["a", "b"])
    }
}
