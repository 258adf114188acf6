import Foundation

/// A captured conversation with a real server: the bytes of both directions and their interleaving.
package struct Conversation: Sendable {
    package struct Turn: Sendable, Equatable {
        package let isFromServer: Bool
        package let bytes: [UInt8]
    }

    /// Its folder, named from `Fixtures/` on.
    package let name: String
    package let turns: [Turn]

    package var fromClient: [UInt8] { turns.filter { !$0.isFromServer }.flatMap(\.bytes) }
    package var fromServer: [UInt8] { turns.filter(\.isFromServer).flatMap(\.bytes) }

    private struct StoredTurn: Decodable {
        let from: String
        let offset: Int
        let length: Int
    }

    package struct Damaged: Error, CustomStringConvertible {
        package let description: String
    }

    /// Reads `client.bin`, `server.bin` and `turns.json` of a folder below `Fixtures/`.
    package init(_ name: String) throws {
        self.name = name
        let client = try Fixtures.bytes("\(name)/client.bin")
        let server = try Fixtures.bytes("\(name)/server.bin")
        let stored = try JSONDecoder().decode([StoredTurn].self, from: Data(try Fixtures.bytes("\(name)/turns.json")))
        turns = try stored.map { turn in
            let source = turn.from == "server" ? server : client
            guard turn.offset >= 0, turn.length >= 0, turn.offset + turn.length <= source.count else {
                throw Damaged(description: "\(name)/turns.json points outside of its bytes")
            }
            return Turn(
                isFromServer: turn.from == "server", bytes: Array(source[turn.offset..<(turn.offset + turn.length)]))
        }
    }

    /// The names of all conversations below a folder of `Fixtures/`, in order.
    package static func all(in folder: String) -> [String] {
        let root = Fixtures.folder.appending(path: folder).path
        guard let walker = FileManager.default.enumerator(atPath: root) else { return [] }
        return walker.compactMap { $0 as? String }
            .filter { $0.hasSuffix("/turns.json") }
            .map { "\(folder)/\($0.dropLast("/turns.json".count))" }
            .sorted()
    }
}
