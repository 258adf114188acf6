import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// An offset of the source, which is committed once everything emitted before it is acknowledged.
struct Checkpoint: Sendable, Equatable {
    var partition: JSONObject
    var offset: JSONObject
}

/// The shared state of one task's delivery: the sink reports what was sent, the producer what was acknowledged, and
/// the committer takes what may be committed.
package final class DeliveryTracker: DeliveryListener {
    private struct State {
        var ledger = InFlightLedger<Checkpoint>()
        /// The latest finished offset of each source partition that is not committed yet.
        var committable: [Checkpoint] = []
        var finishedSinceCommit = 0
        var failure: KafkaError?
        var isAbandoned = false
        var toleratesErrors = false
        /// Whether a commit is scheduled, which will take what is committable then.
        var isCommitScheduled = false
        var topics: Set<String> = []
        var lastTopic: String?

        /// Returns whether the topic is written to for the first time. Consecutive batches are mostly of one topic.
        mutating func noteTopic(_ topic: String) -> Bool {
            if lastTopic == topic { return false }
            lastTopic = topic
            return topics.insert(topic).inserted
        }
    }

    /// Callbacks to the rest of the worker, called on the producer's threads.
    package struct Reports: Sendable {
        /// Something can be committed, and no commit is scheduled.
        var progress: @Sendable (DeliveryTracker) -> Void
        /// A topic was written to for the first time.
        var firstWrite: @Sendable (_ topic: String) -> Void
        /// Delivery failed with an error that is not retriable.
        var failed: @Sendable () -> Void
        var brokersChanged: @Sendable (TaskControl.Condition) -> Void

        package init(
            progress: @escaping @Sendable (DeliveryTracker) -> Void,
            firstWrite: @escaping @Sendable (_ topic: String) -> Void, failed: @escaping @Sendable () -> Void,
            brokersChanged: @escaping @Sendable (TaskControl.Condition) -> Void
        ) {
            self.progress = progress
            self.firstWrite = firstWrite
            self.failed = failed
            self.brokersChanged = brokersChanged
        }
    }

    private let state = Monitor(State())
    private let reports: Reports
    private let logger: Logger
    /// nil: not counted.
    let metrics: SourceTaskMetrics?

    package init(logger: Logger, metrics: SourceTaskMetrics? = nil, reports: Reports) {
        self.metrics = metrics
        self.logger = logger
        self.reports = reports
    }

    /// Whether records that cannot be delivered are skipped (`errors.tolerance=all`); false at first.
    package var toleratesErrors: Bool {
        get { state.withLock { $0.toleratesErrors } }
        set { state.update { $0.toleratesErrors = newValue } }
    }

    /// The error that ended delivery.
    package var failure: KafkaError? { state.withLock { $0.failure } }

    // MARK: The sink's side

    var openTag: UInt64 { state.withLock { $0.ledger.openTag } }

    /// Closes the open tag, under which `emitted` records went out; returns the next.
    func seal(emitted: Int, checkpoint: Checkpoint) -> UInt64 {
        let (tag, hasProgress) = state.update { state in
            state.ledger.seal(emitted: emitted, checkpoint: checkpoint) { $0.partition == checkpoint.partition }
            metrics?.active.set(state.ledger.outstandingCount(openEmitted: 0))
            let hasProgress = Self.collect(&state)
            return (state.ledger.openTag, hasProgress)
        }
        if hasProgress { reports.progress(self) }
        return tag
    }

    /// Waits until everything is finished.
    ///
    /// - Parameter openEmitted: records that went out under the open tag.
    /// - Returns: false if delivery failed, was abandoned, or the deadline passed.
    func awaitDelivery(openEmitted: Int, deadline: MonotonicInstant? = nil) -> Bool {
        state.wait(until: deadline) { state -> Bool? in
            if state.failure != nil || state.isAbandoned { return false }
            return state.ledger.isSettled(openEmitted: openEmitted) ? true : nil
        } ?? false
    }

    package func outstandingCount(openEmitted: Int) -> Int {
        state.withLock { $0.ledger.outstandingCount(openEmitted: openEmitted) }
    }

    /// Ends every wait, since the task is abandoned.
    func abandon() { state.update { $0.isAbandoned = true } }

    // MARK: The producer's side

    package func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
        if let error, error == .closed { return }
        let count = tags.reduce(0) { $0 + $1.count }
        if error == nil {
            metrics?.written.add(count)
        } else {
            metrics?.task.recordsFailed(count, areErrors: !toleratesErrors)
        }
        if let error, !toleratesErrors {
            let isFirst = state.update { state in
                defer { state.failure = state.failure ?? error }
                return state.failure == nil
            }
            if isFirst { reports.failed() }
            return
        }
        if let error {
            metrics?.task.skipped.add(count)
            logger.error("\(count) records for \(topic) could not be delivered and are skipped: \(error.explained())")
        }
        let (hasProgress, isFirst) = state.update { state in
            for run in tags {
                state.ledger.finish(tag: run.tag, count: run.count)
                state.finishedSinceCommit += run.count
            }
            metrics?.active.set(state.ledger.outstandingCount(openEmitted: 0))
            let isFirst = error == nil && state.noteTopic(topic)
            return (Self.collect(&state), isFirst)
        }
        if isFirst { reports.firstWrite(topic) }
        if hasProgress { reports.progress(self) }
    }

    package func brokerUnreachable(_ error: KafkaError) {
        let reason = "Records wait because a Kafka broker does not accept them: \(error.explained())"
        logger.warn(reason)
        reports.brokersChanged(.interrupted(reason: reason))
    }

    package func brokerReachable() {
        logger.info("The Kafka brokers accept records again")
        reports.brokersChanged(.running)
    }

    /// Returns whether there is progress that no scheduled commit takes.
    private static func collect(_ state: inout State) -> Bool {
        let finished = state.ledger.takeFinishedPrefix()
        for checkpoint in finished { put(checkpoint, into: &state.committable) }
        return !finished.isEmpty && !state.isCommitScheduled
    }

    private static func put(_ checkpoint: Checkpoint, into list: inout [Checkpoint]) {
        if let index = list.firstIndex(where: { $0.partition == checkpoint.partition }) {
            list[index] = checkpoint
        } else {
            list.append(checkpoint)
        }
    }

    // MARK: The committer's side

    /// A commit is scheduled, or begins. While one is scheduled, progress is not reported.
    func setCommitScheduled(_ isScheduled: Bool) { state.withLock { $0.isCommitScheduled = isScheduled } }

    /// The offsets that may be committed now, and the number of records acknowledged since the last call.
    func takeCommittable() -> (checkpoints: [Checkpoint], finishedCount: Int) {
        state.withLock { state in
            let taken = (checkpoints: state.committable, finishedCount: state.finishedSinceCommit)
            state.committable = []
            state.finishedSinceCommit = 0
            return taken
        }
    }

    /// Puts back offsets that could not be committed, unless later ones of the same partitions have followed.
    func putBack(_ checkpoints: [Checkpoint], finishedCount: Int) {
        state.withLock { state in
            state.finishedSinceCommit += finishedCount
            let newer = Set(state.committable.map(\.partition))
            state.committable += checkpoints.filter { !newer.contains($0.partition) }
        }
    }
}
