import Foundation
import MySQLWire

/// Decodes the events of a binlog, which are in memory, to `MySQLBinlogEvent`s with typed values; repeatedly, until
/// `rowCount` rows are done.
func decodeValues(file: String, rowCount: Int) throws -> Outcome {
    var log = [UInt8](try Data(contentsOf: URL(filePath: file)))
    let magic: [UInt8] = [0xFE, 0x62, 0x69, 0x6E]
    if log.starts(with: magic) { log.removeFirst(magic.count) }
    return try Outcome.timed {
        var (rows, bytes) = (0, 0)
        while rows < rowCount {
            let found = try decodeRows(of: log)
            guard found > 0 else { throw BenchmarkError("\(file) has no rows") }
            rows += found
            bytes += log.count
        }
        return (rows, bytes)
    }
}

/// Returns the number of rows whose values were decoded.
private func decodeRows(of log: [UInt8]) throws -> Int {
    var decoder = BinlogEventDecoder(hasChecksums: true)
    var rows = 0
    try log.withUnsafeBytes { log in
        var offset = 0
        while offset + EventHeader.bytes <= log.count {
            let length = Int(UInt32(littleEndian: log.loadUnaligned(fromByteOffset: offset + 9, as: UInt32.self)))
            guard length >= EventHeader.bytes, offset + length <= log.count else {
                throw BenchmarkError("the binlog ends within an event")
            }
            try decoder.feed(UnsafeRawBufferPointer(rebasing: log[offset..<offset + length]))
            offset += length
            while let event = try decoder.next() {
                guard case .rows(let found) = event.content else { continue }
                for change in found.changes {
                    guard let values = change.after ?? change.before, values.count == found.table.columns.count else {
                        throw BenchmarkError("a row without all values")
                    }
                }
                rows += found.changes.count
            }
        }
    }
    return rows
}
