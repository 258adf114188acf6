import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// Runs one sink task: polls its consumer, converts the records, calls the task and commits offsets, as
/// `SinkTaskMachine` decides. Used by the task's thread only.
final class SinkTaskLoop {
    /// The parts that the loop uses.
    struct Parts {
        let id: TaskID
        let source: any SinkRecordSource
        let reader: RecordReader
        let reporter: SinkErrorReporter
        let control: TaskControl
        let gate: PauseGate
        let logger: Logger
        let commitIntervalMilliseconds: Int
        let commitTimeoutMilliseconds: Int
        var clock: () -> MonotonicInstant = { .now }
        /// A record of the topic was converted; called once for each partition of a call of `poll`.
        var topicUsed: (String) -> Void = { _ in }
        var commitsChanged: (TaskControl.Condition) -> Void = { _ in }
    }

    private let parts: Parts
    private var machine: SinkTaskMachine
    private var task: (any SinkTask)?
    private var batch: [SinkRecord] = []
    private var health = CommitHealth()
    private var isPaused = false
    /// Whether the task's state shows that it has refused records.
    private var hasReportedRefusal = false
    /// An error in a callback of the consumer or the task, to be thrown when it has returned.
    private var callbackFailure: (any Error)?

    init(_ parts: Parts) {
        self.parts = parts
        machine = SinkTaskMachine(
            commitIntervalMilliseconds: parts.commitIntervalMilliseconds,
            commitTimeoutMilliseconds: parts.commitTimeoutMilliseconds, start: parts.clock())
    }

    /// Subscribes, creates the task and runs it until it is stopped. Then commits what it has accepted, also after an
    /// error, unless `endsWithoutCommit` is true.
    ///
    /// - Parameter started: called when the task was created.
    func run(
        _ topics: SinkTopics, makeTask: (any SinkTaskContext) throws -> any SinkTask, started: () -> Void,
        endsWithoutCommit: () -> Bool
    ) throws {
        try parts.source.subscribe(to: topics)
        let task = try makeTask(self)
        self.task = task
        defer {
            task.stop()
            self.task = nil
        }
        started()
        let result = Result {
            while !parts.control.isStopping { try turn() }
        }
        let end: SinkTaskMachine.Event = endsWithoutCommit() ? .lost(machine.assignment) : .stopped
        do { try handle(end) } catch {
            parts.logger.warn("\(label) The partitions could not be closed, or their offsets not committed: \(error)")
        }
        updateMetrics()
        if let failure = parts.reporter.deadLetters?.failure { throw failure }
        try result.get()
    }

    private var label: String { "WorkerSinkTask{id=\(parts.id)}" }

    private func turn() throws {
        let isClosed = parts.gate.isClosed
        if isClosed != isPaused {
            isPaused = isClosed
            try handle(.paused(isClosed))
        }
        try handle(.ready)
        try handle(.polling)
    }

    private func handle(_ event: SinkTaskMachine.Event) throws {
        for action in machine.handle(event, at: parts.clock()) { try perform(action) }
    }

    private func perform(_ action: SinkTaskMachine.Action) throws {
        guard let task else { return }
        switch action {
        case .poll(let timeoutMilliseconds): try poll(timeoutMilliseconds)
        case .put: try put(task)
        case .discard(let partitions): batch.removeAll { partitions.contains($0.original) }
        case .open(let partitions):
            try task.open(Self.sorted(partitions))
            try handle(.opened)
        case .close(let partitions): try task.close(Self.sorted(partitions))
        case .preCommit(let offsets): try preCommit(offsets, task)
        case .commit(let offsets, let sequence, let waits): try commit(offsets, sequence, waits: waits)
        case .seek(let offsets): try parts.source.seek(offsets)
        case .pause(let partitions): try parts.source.pause(partitions)
        case .resume(let partitions): try parts.source.resume(partitions)
        case .report(let failure): report(failure)
        case .skipCommit:
            parts.reporter.metrics?.commitCompletions.add()
            updateMetrics()
        case .ignoreCommitEnd: parts.reporter.metrics?.skippedCommitCompletions.add()
        case .warn(let text): parts.logger.warn("\(label) \(text)")
        }
    }

    private static func sorted(_ partitions: Set<TopicPartition>) -> [TopicPartition] {
        partitions.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    // MARK: Records

    private func poll(_ timeoutMilliseconds: Int) throws {
        let consumed = try parts.source.poll(timeoutMilliseconds: timeoutMilliseconds, self)
        if let failure = callbackFailure { throw failure }
        var ends: SinkTaskMachine.Offsets = [:]
        for records in consumed {
            parts.reporter.metrics?.read.add(records.records.count)
            var isFirst = true
            for record in records.records { try add(record, of: records.partition, isFirst: &isFirst) }
            ends[records.partition] = records.records.last.map { $0.offset + 1 }
        }
        try handle(.consumed(ends))
        updateMetrics()
    }

    /// Converts a record and adds it to the batch, unless it is dropped or skipped.
    ///
    /// - Parameter isFirst: whether no record of the same call of `poll` and topic was converted.
    private func add(_ record: ConsumedRecord, of place: TopicPartition, isFirst: inout Bool) throws {
        let consumed = try SinkRecord.Consumed(record)
        let type = consumed.timestampMilliseconds == nil ? nil : SinkRecord.TimestampType(record.timestampType)
        do {
            var converted = try parts.reader.convert(consumed, of: place, offset: record.offset)
            if isFirst { parts.topicUsed(place.topic) }
            isFirst = false
            guard try parts.reader.transform(&converted) else { return }
            batch.append(
                SinkRecord(
                    consume converted, consumed: consumed, timestampType: type, original: place,
                    originalOffset: record.offset))
        } catch let error as RecordStageError {
            try parts.reporter.report(error, consumed, of: place, offset: record.offset, timestampType: type)
        }
    }

    private func put(_ task: any SinkTask) throws {
        let start = parts.clock()
        do {
            try task.put(batch)
        } catch let error as RetriableError {
            parts.logger.error("\(label) RetriableException from SinkTask: \(error)")
            hasReportedRefusal = true
            parts.control.report(.interrupted(reason: "The task refuses records, which are passed again: \(error)"))
            return try handle(.refused)
        } catch where !(error is CancellationError) && !(error is ToleranceExceededError) {
            throw SinkTaskError(cause: error)
        }
        if let failure = callbackFailure ?? parts.reporter.deadLetters?.failure { throw failure }
        parts.reporter.metrics?.put(batch.count, milliseconds: parts.clock().milliseconds(since: start))
        batch = []
        if hasReportedRefusal {
            hasReportedRefusal = false
            parts.control.report(.running)
        }
        try handle(.accepted)
    }

    private func updateMetrics() {
        parts.reporter.metrics?.update(
            activeRecords: machine.activeRecordCount, partitions: machine.assignment.count,
            commitNumber: machine.lastSequence)
    }

    // MARK: Commits

    private func preCommit(_ offsets: SinkTaskMachine.Offsets, _ task: any SinkTask) throws {
        // A record in the dead letter queue counts as written only then.
        try parts.reporter.deadLetters?.awaitDelivery()
        let provided: SinkTaskMachine.Offsets
        do { provided = try task.preCommit(offsets) } catch { return try handle(.preCommitFailed("\(error)")) }
        try handle(.preCommitted(provided))
    }

    private func commit(_ offsets: SinkTaskMachine.Offsets, _ sequence: Int, waits: Bool) throws {
        guard waits else { return parts.source.beginCommit(offsets, sequence: sequence) }
        var failure: String?
        do {
            try parts.source.commit(offsets, timeoutMilliseconds: parts.commitTimeoutMilliseconds)
        } catch {
            failure = KafkaError.explained(error)
        }
        try handle(.committed(sequence: sequence, failure: failure))
    }

    private func report(_ failure: String?) {
        let metrics = parts.reporter.metrics?.task
        if failure == nil {
            metrics?.committed.add()
            parts.reporter.metrics?.commitCompletions.add()
        } else {
            metrics?.commitFailures.add()
        }
        updateMetrics()
        let condition = health.committed(failure)
        if let failure, health.isWorthLogging {
            parts.logger.error("\(label) Commit of offsets failed, will be tried again: \(failure)")
        }
        if let condition { parts.commitsChanged(condition) }
    }
}

extension SinkTaskLoop: SinkRecordSourceListener {
    func assigned(_ partitions: Set<TopicPartition>) {
        inRebalance {
            var offsets: SinkTaskMachine.Offsets = [:]
            for partition in partitions { offsets[partition] = try parts.source.position(of: partition) }
            try handle(.assigned(offsets))
        }
    }

    func revoked(_ partitions: Set<TopicPartition>) { inRebalance { try handle(.revoked(partitions)) } }
    func lost(_ partitions: Set<TopicPartition>) { inRebalance { try handle(.lost(partitions)) } }

    func commitEnded(sequence: Int, failure: String?) {
        inRebalance { try handle(.committed(sequence: sequence, failure: failure)) }
    }

    private func inRebalance(_ body: () throws -> Void) {
        guard callbackFailure == nil else { return }
        do { try body() } catch { callbackFailure = error }
    }
}

extension SinkTaskLoop: SinkTaskContext {
    var connectorName: String { parts.id.connector }
    var taskID: Int { parts.id.task }
    var assignment: Set<TopicPartition> { machine.assignment }
    var control: TaskControl { parts.control }

    func seek(_ offsets: [TopicPartition: Int64]) { request(.seekRequested(offsets)) }
    func setRetryTimeout(milliseconds: Int) { request(.retryTimeoutSet(milliseconds: milliseconds)) }
    func pause(_ partitions: [TopicPartition]) { request(.partitionsPaused(Set(partitions))) }
    func resume(_ partitions: [TopicPartition]) { request(.partitionsResumed(Set(partitions))) }
    func requestCommit() { request(.commitRequested) }

    func reportErrant(_ record: SinkRecord, _ error: any Error) throws {
        guard parts.reporter.acceptsReports else { throw error }
        do {
            try parts.reporter.report(
                RecordStageError(stage: .taskPut, className: "org.apache.kafka.connect.sink.SinkTask", cause: error),
                record.consumed, of: record.original, offset: record.originalOffset,
                timestampType: record.timestampType)
        } catch {
            // The task fails even if it ignores the error.
            callbackFailure = callbackFailure ?? error
            throw error
        }
    }

    /// Requests of the task pause and resume partitions at most. An error fails the task when it has returned.
    private func request(_ event: SinkTaskMachine.Event) {
        do { try handle(event) } catch { callbackFailure = callbackFailure ?? error }
    }
}
