import Foundation
import KafkaProtocol
import Synchronization
import WireCore

/// The log of one partition: a directory of segments, in Kafka's format.
///
/// Appending takes the partition's lock and ends with a `write`: acknowledged batches survive the end of the process,
/// and, if the topic's `flush.messages` is 1, a power failure. Reading holds the lock only to find the segment, since
/// written bytes never change.
final class PartitionLog: Sendable {
    static let logger = Logger("cdcd.broker.PartitionLog")

    /// Producers that have written nothing for this time are forgotten. (`producer.id.expiration.ms`)
    static let producerExpirationMilliseconds: Int64 = 86_400_000

    /// A segment that was closed and whose files are not on the disk yet. When they are, the snapshot of the producers
    /// at its end is written: a snapshot proves that everything before it is on the disk.
    struct ClosedSegment: Sendable {
        var segment: LogSegment
        /// The base offset of the segment after it.
        var endOffset: Int64
        var snapshot: [UInt8]
    }

    struct State {
        var settings: LogSettings
        /// In order; the last one is appended to. Empty until the first batch.
        var segments: [LogSegment] = []
        var closedSegments: [ClosedSegment] = []
        var startOffset: Int64 = 0
        var endOffset: Int64 = 0
        var producers = ProducerStates()
        /// The aborted transactions of all segments, in the order of their markers.
        var aborted: [ProducerStates.EndedTransaction] = []
        var epochs = LeaderEpochs()
        /// The leader, which alone appends.
        var registration = PartitionRegistration.ofFirstNode
        /// The end of the part that was compacted.
        var cleanedOffset: Int64 = 0
        /// The records since the last synchronization with the disk, and when the first of them was appended.
        var unflushedRecords: Int64 = 0
        var unflushedSince: Int64?
        /// The fetches that wait for more records.
        var listeners: [ObjectIdentifier: AppendSignal] = [:]
        /// Set when the topic is deleted.
        var isDeleted = false

        var lastStableOffset: Int64 { producers.firstOpenOffset ?? endOffset }
    }

    let directory: String
    let files: OpenFiles?
    let state: Mutex<State>
    /// Held while closed segments are written to the disk.
    private let finishing = Mutex(())

    /// Opens the log in `directory`, which is created if it does not exist. Segments whose files may not have reached
    /// the disk are read from the beginning. An incomplete last batch is cut off; anything else that is not a valid
    /// batch is moved to a file beside the log, with all that follows it, and logged as an error.
    ///
    /// - Parameter files: limits the number of open files. If nil, files stay open.
    init(
        directory: String, settings: LogSettings = LogSettings(), in files: OpenFiles? = nil,
        now: Int64 = WallTime.now.epochMilliseconds
    ) throws(StorageError) {
        self.directory = directory
        self.files = files
        try DataDirectory.createDirectory(directory)
        var recovery = LogRecovery(directory: directory, settings: settings, files: files, now: now)
        state = Mutex(try recovery.run())
    }

    /// The offset of the next record. All records before it can be read.
    var endOffset: Int64 { state.withLock { $0.endOffset } }
    /// The offset of the first record, before which all were deleted.
    var startOffset: Int64 { state.withLock { $0.startOffset } }
    /// The offset of the first record whose transaction is open; without one, the end.
    var lastStableOffset: Int64 { state.withLock { $0.lastStableOffset } }
    var lengthBytes: Int { state.withLock { $0.segments.reduce(0) { $0 + $1.lengthBytes } } }
    var isDeleted: Bool { state.withLock { $0.isDeleted } }

    var producers: [Int64: ProducerStates.Producer] { state.withLock { $0.producers.producers } }

    func apply(_ settings: LogSettings) { state.withLock { $0.settings = settings } }

    // MARK: Append

    enum AppendOutcome: Equatable {
        /// `isRepeated`: the batch was there already.
        case appended(baseOffset: Int64, isRepeated: Bool)
        case refused(KafkaErrorCode)
    }

    /// Assigns offsets to a validated batch and appends it, if `node` is the leader.
    ///
    /// - Parameters:
    ///   - batch: changed in place: base offset, leader epoch and, with `appendTime`, timestamp and checksum.
    ///   - appendTime: milliseconds since 1970 if the topic uses `LogAppendTime`, else nil.
    func append(
        _ batch: inout [UInt8], _ header: RecordBatchHeader, as node: Int32, appendTime: Int64?,
        now: Int64 = WallTime.now.epochMilliseconds
    ) throws(StorageError) -> AppendOutcome {
        let (outcome, listeners, mustFlush) = try state.withLock {
            (state) throws(StorageError) -> (AppendOutcome, [AppendSignal], Bool) in
            guard !state.isDeleted else { return (.refused(.unknownTopicOrPartition), [], false) }
            guard state.registration.leader == node else { return (.refused(.notLeaderOrFollower), [], false) }
            guard batch.count <= state.settings.segmentBytes else { return (.refused(.recordListTooLarge), [], false) }
            if let producerBatch = header.producerBatch {
                switch state.producers.decision(for: producerBatch) {
                case .append: break
                case .duplicate(let offset): return (.appended(baseOffset: offset, isRepeated: true), [], false)
                case .refuse(let code): return (.refused(code), [], false)
                }
            }
            var stamped = header
            if let appendTime { stamped.maxTimestamp = appendTime }
            let baseOffset = try write(&batch, &stamped, appendTime: appendTime, now: now, &state)
            if let producerBatch = stamped.producerBatch { state.producers.batchAppended(producerBatch) }
            return (
                .appended(baseOffset: baseOffset, isRepeated: false), Array(state.listeners.values),
                recordsAppended(Int64(header.recordCount), now: now, &state)
            )
        }
        if mustFlush { try flush() }
        for listener in listeners { listener.raise() }
        return outcome
    }

    /// Appends the marker that ends a producer's transaction. Returns the code if the coordinator or the producer is
    /// fenced.
    ///
    /// - Parameter node: appends only if it is the leader. nil appends as the leader.
    func append(
        _ marker: TransactionMarker, producerID: Int64, epoch: Int16, as node: Int32? = nil,
        now: Int64 = WallTime.now.epochMilliseconds
    ) throws(StorageError) -> KafkaErrorCode {
        var batch = try marker.batch(producerID: producerID, epoch: epoch, timestamp: now)
        let (code, listeners, mustFlush) = try state.withLock {
            (state) throws(StorageError) -> (KafkaErrorCode, [AppendSignal], Bool) in
            guard !state.isDeleted else { return (.unknownTopicOrPartition, [], false) }
            guard node == nil || state.registration.leader == node else { return (.notLeaderOrFollower, [], false) }
            let refusal = state.producers.refusal(
                ofMarkerBy: producerID, epoch: epoch, coordinatorEpoch: marker.coordinatorEpoch)
            if let refusal { return (refusal, [], false) }
            var header = try Self.header(in: batch, path: directory)
            let offset = try write(&batch, &header, appendTime: nil, now: now, &state)
            let ended = state.producers.markerAppended(
                producerID: producerID, epoch: epoch, coordinatorEpoch: marker.coordinatorEpoch, offset: offset,
                timestamp: now)
            if let ended, !marker.isCommit, let segment = state.segments.last {
                state.aborted.append(ended)
                try TransactionIndex.append(
                    ended, at: LogSegment.path(directory, segment.baseOffset, "txnindex"))
            }
            return (.none, Array(state.listeners.values), recordsAppended(1, now: now, &state))
        }
        if mustFlush { try flush() }
        for listener in listeners { listener.raise() }
        return code
    }

    private static func header(in batch: [UInt8], path: String) throws(StorageError) -> RecordBatchHeader {
        do throws(WireError) {
            return try batch.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
                try RecordBatchHeader.first(in: bytes)
            }
        } catch { throw .damaged(path: path, reason: error.description) }
    }

    /// Stamps and writes the batch. Returns its base offset.
    private func write(
        _ batch: inout [UInt8], _ header: inout RecordBatchHeader, appendTime: Int64?, now: Int64, _ state: inout State
    ) throws(StorageError) -> Int64 {
        let leaderEpoch = state.registration.leaderEpoch
        header.baseOffset = state.endOffset
        header.partitionLeaderEpoch = leaderEpoch
        batch.patchBigEndian(header.baseOffset, at: 0)
        batch.patchBigEndian(leaderEpoch, at: 12)
        if let appendTime {
            header.attributes |= 8
            batch.patchBigEndian(header.attributes, at: 21)
            batch.patchBigEndian(appendTime, at: 35)
            header.checksum = batch.span.bytes.extracting(RecordBatchHeader.checksummedFrom..<batch.count)
                .withUnsafeBytes { CRC32C.checksum($0) }
            batch.patchBigEndian(header.checksum, at: 17)
        }
        let mustRoll = state.segments.last?.isFull(
            forBatchBytes: batch.count, lastOffset: header.lastOffset, timestamp: header.maxTimestamp, now: now,
            state.settings)
        if mustRoll ?? true { try roll(now: now, &state) }
        if state.epochs.begin(leaderEpoch, at: header.baseOffset) { try store(state.epochs) }
        let last = state.segments.count - 1
        let interval = state.settings.indexIntervalBytes
        try batch.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
            try state.segments[last].append(bytes, header, indexIntervalBytes: interval)
        }
        state.endOffset = header.nextOffset
        return header.baseOffset
    }

    /// Begins a new segment at the end of the log.
    func roll(now: Int64, _ state: inout State) throws(StorageError) {
        if !state.segments.isEmpty {
            let last = state.segments.count - 1
            try state.segments[last].close()
            state.producers.removeProducers(idleSince: now - Self.producerExpirationMilliseconds)
            state.closedSegments.append(
                ClosedSegment(
                    segment: state.segments[last], endOffset: state.endOffset,
                    snapshot: ProducerSnapshot.encode(state.producers)))
        }
        state.segments.append(
            try LogSegment(directory: directory, baseOffset: state.endOffset, files: files, now: now))
    }

    private func store(_ epochs: LeaderEpochs) throws(StorageError) {
        try CheckpointFile.replace(
            epochs.epochs.map { [Int64($0.number), $0.startOffset] }, at: directory + "/leader-epoch-checkpoint",
            synchronizes: false)
    }

    /// The last epoch that is not later than `number`, and its end; nil if `number` is later than the leader's.
    func end(ofEpoch number: Int32) -> LeaderEpochs.Epoch? {
        state.withLock {
            $0.epochs.end(of: number, endOffset: $0.endOffset, current: $0.registration.leaderEpoch)
        }
    }

    /// The epoch of the leader that wrote the record at `offset`.
    func epoch(at offset: Int64) -> Int32? { state.withLock { $0.epochs.epoch(at: offset) } }

    // MARK: Leader

    var registration: PartitionRegistration { state.withLock { $0.registration } }

    /// The epoch of the last record, or of a later leader that has been recorded; -1 in an empty log.
    var lastEpoch: Int32 { state.withLock { $0.epochs.epochs.last?.number ?? -1 } }

    /// Replaces the leader, and wakes waiting fetches.
    func register(_ registration: PartitionRegistration) {
        let listeners = state.withLock { state in
            state.registration = registration
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.raise() }
    }

    // MARK: Synchronization with the disk

    /// Counts appended records. Returns whether they must be synchronized before they are acknowledged.
    private func recordsAppended(_ count: Int64, now: Int64, _ state: inout State) -> Bool {
        state.unflushedRecords += count
        if state.unflushedSince == nil { state.unflushedSince = now }
        return state.unflushedRecords >= state.settings.flushRecords
    }

    /// Synchronizes what was appended with the disk, unless that is not due.
    func flushIfDue(now: Int64) throws(StorageError) {
        let isDue = state.withLock { state in
            guard let since = state.unflushedSince, state.settings.flushMilliseconds < .max else { return false }
            return now - since >= state.settings.flushMilliseconds
        }
        if isDue { try flush() }
    }

    private func flush() throws(StorageError) {
        let segment = state.withLock { state -> LogSegment? in
            state.unflushedRecords = 0
            state.unflushedSince = nil
            return state.segments.last
        }
        try finishClosedSegments()
        do throws(StorageError) {
            try segment?.log.synchronize(always: true)
        } catch {
            guard case .removed = error else { throw error }
        }
    }

    /// Writes closed segments to the disk, and the snapshots at their ends.
    func finishClosedSegments() throws(StorageError) {
        guard state.withLock({ !$0.closedSegments.isEmpty }) else { return }
        try finishing.withLock { (_) throws(StorageError) in
            while let closed = state.withLock({ $0.closedSegments.first }) {
                do throws(StorageError) {
                    try closed.segment.synchronize()
                    try write(closed.snapshot, at: LogSegment.path(directory, closed.endOffset, "snapshot"))
                } catch {
                    // The segment, or the whole partition, was deleted meanwhile.
                    guard case .removed = error else { throw error }
                }
                state.withLock { state in state.closedSegments.removeAll { $0.endOffset == closed.endOffset } }
            }
        }
    }

    private func write(_ snapshot: [UInt8], at path: String) throws(StorageError) {
        let draft = try AppendOnlyFile(path: path + ".tmp")
        try draft.truncate(to: 0)
        try snapshot.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in try draft.append(bytes, at: 0) }
        try draft.synchronize()
        try DataDirectory.move(path + ".tmp", to: path)
    }

    /// Writes everything to the disk.
    func synchronize() throws(StorageError) {
        try finishClosedSegments()
        for segment in state.withLock(\.segments) { try segment.synchronize() }
    }

    // MARK: Deletion of the topic

    /// Rejects further batches and wakes waiting fetches. The directory can be renamed and removed then.
    func markDeleted() {
        let (listeners, segments) = state.withLock { state in
            state.isDeleted = true
            state.closedSegments = []
            return (Array(state.listeners.values), state.segments)
        }
        for segment in segments { segment.retire() }
        for listener in listeners { listener.raise() }
    }

    // MARK: Waiting for more

    func addListener(_ signal: AppendSignal) {
        state.withLock { $0.listeners[ObjectIdentifier(signal)] = signal }
    }

    func removeListener(_ signal: AppendSignal) {
        state.withLock { $0.listeners[ObjectIdentifier(signal)] = nil }
    }
}

extension [UInt8] {
    /// Overwrites the bytes at `offset`.
    fileprivate mutating func patchBigEndian<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        Swift.withUnsafeBytes(of: value.bigEndian) { bytes in
            for (index, byte) in bytes.enumerated() { self[offset + index] = byte }
        }
    }
}
