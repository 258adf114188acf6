import ConnectData
import DebeziumPlugins
import WireCore

@testable import BinlogSource

/// The records of the rows in `Fixtures/debezium/all-types` under a configuration: the snapshot's, then the stream's.
struct EmittedRows {
    private static let fixtures: [DebeziumGeneration: Result<AllTypesFixture, any Error>] = [
        .v36: Result { try AllTypesFixture("3.6", "default") }, .v19: Result { try AllTypesFixture("1.9", "default") },
    ]

    /// The records of the table, as JsonConverter writes them.
    let records: [AllTypesFixture.Record]
    let topics: [String]

    init(_ table: String, _ properties: [String: String]) throws {
        let properties = properties.merging([
            "database.include.list": "alltypes",
            "table.include.list": "alltypes\\.\(table.replacing("$", with: "\\$"))",
        ]) { $1 }
        let configuration = try MySQLConnectorConfig(configuration: properties)
        guard var fixture = try Self.fixtures[configuration.profile.generation]?.get() else {
            throw DataError("no rows for \(configuration.profile)")
        }
        fixture.configuration = configuration
        let sink = CollectingSink()
        try fixture.emitSnapshot(
            to: SnapshotEmitter(RecordOutput(configuration, to: sink)))
        try fixture.emitStream(
            to: RecordEmitter(RecordOutput(configuration, to: sink)))
        let byTopic = try sink.recordsByTopic()
        topics = byTopic.keys.sorted()
        records = topics.flatMap { byTopic[$0] ?? [] }
    }

    /// A column's value in the first record of the row, as JSON.
    func value(of column: String, id: Int64 = 1) throws -> String {
        let rows = records.compactMap { $0.value.objectValue?["after"]?.objectValue }
        guard let row = rows.first(where: { $0["id"] == .integer(id) }) else { throw DataError("no row \(id)") }
        return row[column].map { String(decoding: $0.encoded(), as: UTF8.self) } ?? "absent"
    }

    var columns: String {
        records.first?.value.objectValue?["after"]?.objectValue?.members.map(\.0).joined(separator: ",") ?? "none"
    }

    var keyFields: String {
        records.first?.key.objectValue?.members.map(\.0).joined(separator: ",") ?? "none"
    }

    /// What the streamed records are, in order.
    var operations: String {
        records.map { $0.value.objectValue?["op"]?.stringValue ?? "tombstone" }.filter { $0 != "r" }
            .joined(separator: ",")
    }
}
