import Foundation
import KafkaProtocol
import WireCore

/// A text file in the format of Kafka's checkpoints: version 0, number of lines, and lines of numbers.
enum CheckpointFile {
    /// Replaces the file at `path` atomically.
    static func replace(_ lines: [[Int64]], at path: String, synchronizes: Bool) throws(StorageError) {
        var text = "0\n\(lines.count)\n"
        for line in lines { text += line.map { String($0) }.joined(separator: " ") + "\n" }
        let draft = path + ".tmp"
        let file = try AppendOnlyFile(path: draft)
        try file.truncate(to: 0)
        try Array(text.utf8).span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
            try file.append(bytes, at: 0)
        }
        if synchronizes { try file.synchronize() }
        guard rename(draft, path) == 0 else { throw .last("rename \(draft) to", path) }
    }

    /// The lines of the file at `path`; nil if there is none. Throws if it is damaged.
    static func read(_ path: String, columns: Int) throws(StorageError) -> [[Int64]]? {
        guard access(path, F_OK) == 0 else { return nil }
        let file = try AppendOnlyFile(path: path)
        let bytes = try file.read(count: try file.lengthBytes(), at: 0)
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: " ")).map { Int64(String(decoding: $0, as: UTF8.self)) }
        }
        guard lines.count >= 2, lines[0] == [0], lines[1] == [Int64(lines.count - 2)],
            lines.dropFirst(2).allSatisfy({ $0.count == columns && !$0.contains(nil) })
        else { throw .damaged(path: path, reason: "it is not a checkpoint of version 0") }
        return lines.dropFirst(2).map { $0.compactMap(\.self) }
    }
}
