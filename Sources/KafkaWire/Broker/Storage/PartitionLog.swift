import Foundation
import KafkaProtocol
import Synchronization
import WireCore

/// The log of one partition: a file of record batches, in the format in which clients fetch them.
///
/// Appending takes the partition's lock and ends with a `write`: acknowledged batches survive the end of the process,
/// but not a power failure. Reading holds the lock only to find the position, since written bytes never change.
final class PartitionLog: Sendable {
    /// There is one broker, so there is one leader epoch.
    static let leaderEpoch: Int32 = 0
    private static let logger = Logger("cdcd.broker.PartitionLog")

    struct State {
        var endOffset: Int64 = 0
        var lengthBytes = 0
        var index = OffsetIndex()
        var producers = ProducerStates()
        /// The largest timestamp and its offset; -1 in an empty log.
        var timestampMax: Int64 = -1
        var timestampMaxOffset: Int64 = -1
        /// The fetches that wait for more records.
        var listeners: [ObjectIdentifier: AppendSignal] = [:]
        /// Set when the topic is deleted.
        var isDeleted = false

        mutating func batchAppended(_ header: RecordBatchHeader) {
            index.batchAppended(
                baseOffset: header.baseOffset, position: lengthBytes, timestampMax: header.maxTimestamp)
            if let batch = header.producerBatch { producers.batchAppended(batch) }
            if header.recordCount > 0, header.maxTimestamp > timestampMax {
                timestampMax = header.maxTimestamp
                timestampMaxOffset = header.lastOffset
            }
            lengthBytes += header.totalBytes
            endOffset = header.lastOffset + 1
        }
    }

    let file: AppendOnlyFile
    let state: Mutex<State>

    /// Opens or creates the log at `path`. An incomplete last batch is cut off; anything else that is not a valid batch
    /// is moved to a file beside the log, with all that follows it, and logged as an error.
    ///
    /// - Parameter files: limits the number of open files. If nil, this one stays open.
    init(path: String, in files: OpenFiles? = nil) throws(StorageError) {
        file = try AppendOnlyFile(path: path, in: files)
        var state = State()
        var scanner = try BatchScanner(file)
        let outcome = try scanner.scan { (header, _, _) throws(StorageError) in state.batchAppended(header) }
        self.state = Mutex(state)
        switch outcome {
        case .complete: break
        case .torn:
            let cutBytes = try file.lengthBytes() - state.lengthBytes
            Self.logger.warn("Cut \(cutBytes) bytes of an unfinished batch off \(path)")
            try file.truncate(to: state.lengthBytes)
        case .damaged(let reason):
            let quarantinePath = try file.quarantine(from: state.lengthBytes)
            Self.logger.error(
                "\(path) is damaged at byte \(state.lengthBytes) (\(reason)): everything from there on was moved to "
                    + quarantinePath)
        }
    }

    /// The offset of the next record. All records before it can be read.
    var endOffset: Int64 { state.withLock { $0.endOffset } }
    /// Records are never deleted from the beginning.
    var startOffset: Int64 { 0 }
    var lengthBytes: Int { state.withLock { $0.lengthBytes } }
    var isDeleted: Bool { state.withLock { $0.isDeleted } }

    // MARK: Append

    enum AppendOutcome: Equatable {
        /// `isRepeated`: the batch was there already.
        case appended(baseOffset: Int64, isRepeated: Bool)
        case refused(KafkaErrorCode)
    }

    /// Assigns offsets to a validated batch and appends it.
    ///
    /// - Parameters:
    ///   - batch: changed in place: base offset, leader epoch and, with `appendTime`, timestamp and checksum.
    ///   - appendTime: milliseconds since 1970 if the topic uses `LogAppendTime`, else nil.
    func append(
        _ batch: inout [UInt8], _ header: RecordBatchHeader, appendTime: Int64?
    ) throws(StorageError) -> AppendOutcome {
        let (outcome, listeners) = try state.withLock {
            (state) throws(StorageError) -> (AppendOutcome, [AppendSignal]) in
            guard !state.isDeleted else { return (.refused(.unknownTopicOrPartition), []) }
            if let producerBatch = header.producerBatch {
                switch state.producers.decision(for: producerBatch) {
                case .append: break
                case .duplicate(let offset): return (.appended(baseOffset: offset, isRepeated: true), [])
                case .refuse(let code): return (.refused(code), [])
                }
            }
            var stamped = header
            stamped.baseOffset = state.endOffset
            batch.patchBigEndian(stamped.baseOffset, at: 0)
            batch.patchBigEndian(Self.leaderEpoch, at: 12)
            if let appendTime {
                stamped.attributes |= 8
                stamped.maxTimestamp = appendTime
                batch.patchBigEndian(stamped.attributes, at: 21)
                batch.patchBigEndian(stamped.maxTimestamp, at: 35)
                stamped.checksum = batch.span.bytes.extracting(RecordBatchHeader.checksummedFrom..<batch.count)
                    .withUnsafeBytes { CRC32C.checksum($0) }
                batch.patchBigEndian(stamped.checksum, at: 17)
            }
            try batch.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
                try file.append(bytes, at: state.lengthBytes)
            }
            state.batchAppended(stamped)
            return (.appended(baseOffset: stamped.baseOffset, isRepeated: false), Array(state.listeners.values))
        }
        for listener in listeners { listener.raise() }
        return outcome
    }

    /// Rejects further batches and wakes waiting fetches.
    func markDeleted() {
        let listeners = state.withLock { state in
            state.isDeleted = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.raise() }
    }

    // MARK: Waiting for more

    func addListener(_ signal: AppendSignal) {
        state.withLock { $0.listeners[ObjectIdentifier(signal)] = signal }
    }

    func removeListener(_ signal: AppendSignal) {
        state.withLock { $0.listeners[ObjectIdentifier(signal)] = nil }
    }

    func synchronize() throws(StorageError) { try file.synchronize() }
}

extension [UInt8] {
    /// Overwrites the bytes at `offset`.
    fileprivate mutating func patchBigEndian<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        Swift.withUnsafeBytes(of: value.bigEndian) { bytes in
            for (index, byte) in bytes.enumerated() { self[offset + index] = byte }
        }
    }
}
