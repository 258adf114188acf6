import BinlogSource
import Foundation
import MySQLWire

/// A folder of `Fixtures/workloads`: the definition of a table, and its rows as a server sent them.
struct CapturedTable {
    let name: String
    /// The number of captured rows.
    let rowCount: Int
    private let statement: String

    init(_ name: String) throws {
        self.name = name
        statement = String(decoding: try Self.bytes("\(name)/table.sql"), as: UTF8.self)
        rowCount = name == "wide" ? 100 : 200
    }

    /// The events of a binlog with one transaction that inserts the rows, from the format description on.
    func events() throws -> [[UInt8]] {
        let log = try Self.bytes("\(name)/binlog.bin")
        return try Self.cut(log, headBytes: EventHeader.bytes) { log, offset in
            (0..<4).reduce(0) { $0 | Int(log[offset + 9 + $1]) << ($1 * 8) }
        }
    }

    /// The packets, without their headers, of the response to `SELECT *`.
    func packets() throws -> [[UInt8]] {
        let answer = try Self.bytes("\(name)/rows.bin")
        return try Self.cut(answer, headBytes: 4) { answer, offset in
            4 + (0..<3).reduce(0) { $0 | Int(answer[offset + $1]) << ($1 * 8) }
        }.map { Array($0.dropFirst(4)) }
    }

    /// The definition from the table's CREATE statement.
    func schema(_ configuration: MySQLConnectorConfig) throws -> DatabaseSchema {
        var schema = DatabaseSchema(rules: SchemaRules(profile: configuration.profile))
        _ = try schema.apply("CREATE DATABASE wire CHARSET utf8mb4", defaultDatabase: "")
        _ = try schema.apply(statement, defaultDatabase: "wire")
        return schema
    }

    /// A file of `Fixtures/workloads`, located relative to this source file.
    private static func bytes(_ path: String) throws -> [UInt8] {
        let repository = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: repository.appending(path: "Fixtures/workloads/\(path)")))
    }

    private static func cut(
        _ bytes: [UInt8], headBytes: Int, length: ([UInt8], Int) -> Int
    ) throws -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var offset = 0
        while offset < bytes.count {
            guard offset + headBytes <= bytes.count else { throw WorkloadError("the capture ends within a header") }
            let end = offset + length(bytes, offset)
            guard end >= offset + headBytes, end <= bytes.count else {
                throw WorkloadError("the capture ends within an event or packet")
            }
            pieces.append(Array(bytes[offset..<end]))
            offset = end
        }
        return pieces
    }
}
