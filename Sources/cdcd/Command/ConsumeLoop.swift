import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore

/// The changes of a member's partitions that the loop has not handled.
final class AssignmentChanges: RebalanceListener {
    struct Change: Sendable {
        let isAssigned: Bool
        let partitions: [KafkaProtocol.TopicPartition]
    }

    private let changes = Mutex<[Change]>([])

    func take() -> [Change] {
        changes.withLock { changes in
            defer { changes = [] }
            return changes
        }
    }

    func partitionsAssigned(_ partitions: [KafkaProtocol.TopicPartition], to consumer: KafkaConsumer) {
        changes.withLock { $0.append(Change(isAssigned: true, partitions: partitions)) }
    }

    func partitionsRevoked(_ partitions: [KafkaProtocol.TopicPartition], of consumer: KafkaConsumer) {
        changes.withLock { $0.append(Change(isAssigned: false, partitions: partitions)) }
    }
}

/// Polls records and writes them, until the end of a range, a signal, or the end of the output's reader.
///
/// The output is written before each poll, so that a group's commits cover only records that were written.
struct ConsumeLoop: ~Copyable {
    let consumer: KafkaConsumer
    let admin: KafkaAdmin
    let range: ConsumeRange
    let printer: RecordPrinter
    let interruption: Interruption
    /// How long the end of a partition is waited for without records.
    let idleMillisecondsMax: Int
    var limits: ReadingLimits
    var output = BufferedOutput()
    var progress: ProgressLine
    private(set) var count = 0
    private let changes = AssignmentChanges()
    private var ends: [KafkaProtocol.TopicPartition: Int64] = [:]
    private var lastRecord = MonotonicInstant.now

    /// A member of a group that has no partitions for this time ends.
    private static let unassignedMillisecondsMax = 10_000

    init(
        _ consumer: KafkaConsumer, _ admin: KafkaAdmin, _ range: ConsumeRange, _ printer: RecordPrinter,
        _ limits: ReadingLimits, _ interruption: Interruption, idleMillisecondsMax: Int
    ) {
        self.consumer = consumer
        self.admin = admin
        self.range = range
        self.printer = printer
        self.limits = limits
        self.interruption = interruption
        self.idleMillisecondsMax = idleMillisecondsMax
        progress = ProgressLine(unless: Terminal.isStandardOutput)
    }

    /// Begins to read these partitions.
    mutating func assign(_ partitions: [KafkaProtocol.TopicPartition]) throws(KafkaError) {
        let starts = try range.starts(partitions, admin)
        let ends = try range.ends(partitions, admin)
        for partition in partitions {
            limits.add(partition, end: ends[partition])
            limits.reached(partition, starts[partition] ?? 0)
        }
        let finished = limits.takeFinished()
        let rest = partitions.filter { finished[$0] == nil }
        try consumer.assign(rest)
        for partition in rest { try consumer.seek(partition, to: starts[partition] ?? 0) }
    }

    /// Begins to read the partitions that the group assigns.
    func subscribe(to topics: [String]) throws(KafkaError) { try consumer.subscribe(to: topics, listener: changes) }

    mutating func run() throws {
        defer { progress.clear() }
        while !limits.isFinished, !interruption.isRequested, !isUnassigned {
            let records: [ConsumedRecord]
            do throws(KafkaError) {
                records = try consumer.poll(timeoutMilliseconds: range.isFollowing ? 1000 : 100)
            } catch .consumer(.woken) { break }
            try applyChanges()
            try write(records)
            try settle(records)
            progress.show(count)
        }
    }

    /// Whether the group has had no partition for this member for some time.
    private var isUnassigned: Bool {
        guard !range.isFollowing, limits.isEmpty, consumer.configuration.groupID != nil else { return false }
        let isMember = ((try? consumer.groupMetadata)?.generationID ?? -1) >= 0
        return isMember && MonotonicInstant.now.milliseconds(since: lastRecord) > Self.unassignedMillisecondsMax
    }

    private mutating func applyChanges() throws(KafkaError) {
        for change in changes.take() {
            guard change.isAssigned else {
                for partition in change.partitions { limits.remove(partition) }
                continue
            }
            lastRecord = .now
            // The ends are those of the first assignment.
            let new = change.partitions.filter { ends[$0] == nil }
            if !new.isEmpty { ends.merge(try range.ends(new, admin)) { $1 } }
            for partition in change.partitions { limits.add(partition, end: ends[partition]) }
        }
    }

    /// Writes records. What is not written is read again by the next member of the group.
    private mutating func write(_ records: [ConsumedRecord]) throws {
        // The number of records that were written, or are not to be.
        var handled = 0
        do {
            for (index, record) in records.enumerated() {
                let verdict = limits.admit(record)
                if verdict == .enough { break }
                guard verdict == .written else { continue }
                do throws(CommandError) { try printer.write(record, to: &output.writer) } catch {
                    try output.flush()
                    handled = index
                    throw error
                }
                count += 1
                if output.isFull {
                    try output.flush()
                    handled = index + 1
                }
                if limits.left == 0 {
                    try output.flush()
                    return try rewind(records[(index + 1)...])
                }
            }
            try output.flush()
        } catch {
            try? rewind(records[handled...])
            throw error
        }
    }

    private func rewind(_ records: ArraySlice<ConsumedRecord>) throws(KafkaError) {
        var positions: [KafkaProtocol.TopicPartition: Int64] = [:]
        for record in records.reversed() { positions[TopicPartition(record)] = record.offset }
        for (partition, offset) in positions { try consumer.seek(partition, to: offset) }
    }

    /// Stops fetching the partitions whose end is reached. Their position is that end.
    private mutating func settle(_ records: [ConsumedRecord]) throws(KafkaError) {
        let now = MonotonicInstant.now
        if !records.isEmpty { lastRecord = now }
        // What is before the end may be no record, for example the end of a transaction.
        if records.isEmpty, !limits.unfinished.isEmpty {
            for (partition, position) in consumer.consumedOffsets { limits.reached(partition, position.offset) }
            if !range.isFollowing, !limits.isFinished, now.milliseconds(since: lastRecord) > idleMillisecondsMax {
                let partition = limits.unfinished.sorted()[0]
                throw .timedOut(
                    what: "reading \(partition) to its end", milliseconds: idleMillisecondsMax, lastError: nil)
            }
        }
        let finished = limits.takeFinished()
        guard !finished.isEmpty else { return }
        let positions = consumer.consumedOffsets
        for (partition, end) in finished {
            guard let position = positions[partition] else { continue }
            if position.offset > end { try consumer.seek(partition, to: end) }
            try consumer.pause([partition])
        }
    }
}
