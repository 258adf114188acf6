import KafkaProtocol
import Synchronization
import WireCore

/// Allocates producer ids, each only once during the lifetime of the data directory.
///
/// Ids are reserved on disk in blocks before the first of a block is used. The rest of a block is lost when the broker
/// ends.
final class ProducerIDs: Sendable {
    private static let blockSize: Int64 = 1000
    private static let fileName = "producer-ids.json"

    private struct Block {
        var next: Int64
        var end: Int64
    }

    private let directory: DataDirectory
    private let block: Mutex<Block>

    init(directory: DataDirectory) throws(StorageError) {
        self.directory = directory
        let document = try directory.document(Self.fileName)
        let next = document?["next"]?.integerValue ?? 0
        guard (0..<Int64.max - Self.blockSize).contains(next), document == nil || document?["next"] != nil else {
            throw .damaged(path: "\(directory.path)/\(Self.fileName)", reason: "it has no usable member \"next\"")
        }
        block = Mutex(Block(next: next, end: next))
    }

    func next() throws(StorageError) -> Int64 {
        try block.withLock { (block) throws(StorageError) -> Int64 in
            if block.next == block.end {
                let end = block.end + Self.blockSize
                try directory.replace(Self.fileName, with: ["next": .integer(end)])
                block.end = end
            }
            defer { block.next += 1 }
            return block.next
        }
    }
}
