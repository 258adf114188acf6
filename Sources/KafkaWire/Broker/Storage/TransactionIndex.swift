import Foundation
import KafkaProtocol
import WireCore

/// The `.txnindex` files: the aborted transactions whose markers are in a segment.
///
/// Layout of an entry: version i16 (0) | producer id i64 | first offset i64 | last offset i64 | last stable offset i64.
/// Source: Kafka's `AbortedTxn`.
enum TransactionIndex {
    private static let entryBytes = 34

    /// Appends an entry to the file at `path`.
    static func append(_ transaction: ProducerStates.EndedTransaction, at path: String) throws(StorageError) {
        try write([transaction], to: try AppendOnlyFile(path: path))
    }

    /// Replaces the file at `path`.
    ///
    /// - Parameter keepsEmpty: whether there is a file without transactions.
    static func replace(
        _ transactions: [ProducerStates.EndedTransaction], at path: String, keepsEmpty: Bool = false
    ) throws(StorageError) {
        guard !transactions.isEmpty || keepsEmpty else {
            guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
            return
        }
        let file = try AppendOnlyFile(path: path)
        try file.truncate(to: 0)
        try write(transactions, to: file)
        try file.synchronize()
    }

    private static func write(
        _ transactions: [ProducerStates.EndedTransaction], to file: AppendOnlyFile
    ) throws(StorageError) {
        var bytes = ByteWriter(capacityBytes: entryBytes * transactions.count)
        for transaction in transactions {
            bytes.bigEndian(Int16(0))
            bytes.bigEndian(transaction.producerID)
            bytes.bigEndian(transaction.firstOffset)
            bytes.bigEndian(transaction.lastOffset)
            bytes.bigEndian(transaction.lastStableOffset)
        }
        let end = try file.lengthBytes()
        try bytes.withUnsafeBytes { (bytes) throws(StorageError) in try file.append(bytes, at: end) }
    }

    /// The entries of the file at `path`, if there is one. Nil if it is damaged.
    static func read(_ path: String) throws(StorageError) -> [ProducerStates.EndedTransaction]? {
        guard access(path, F_OK) == 0 else { return [] }
        let file = try AppendOnlyFile(path: path)
        let bytes = try file.read(count: try file.lengthBytes(), at: 0)
        guard bytes.count % entryBytes == 0 else { return nil }
        var reader = ByteReader(bytes.span.bytes)
        var found: [ProducerStates.EndedTransaction] = []
        do throws(WireError) {
            while !reader.isAtEnd {
                guard try reader.bigEndian(Int16.self) == 0 else { return nil }
                found.append(
                    .init(
                        producerID: try reader.bigEndian(Int64.self), firstOffset: try reader.bigEndian(Int64.self),
                        lastOffset: try reader.bigEndian(Int64.self),
                        lastStableOffset: try reader.bigEndian(Int64.self)))
            }
        } catch { return nil }
        return found
    }
}
