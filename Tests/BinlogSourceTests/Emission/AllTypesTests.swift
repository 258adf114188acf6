import BinlogSource
import ConnectData
import Testing
import WireCore

/// Compares every record of `Fixtures/debezium/all-types` with Debezium's: schemas, keys, values, headers.
@Suite struct AllTypesTests {
    static let fixtures = [
        ("3.6", "default"), ("3.6", "connect"), ("3.6", "iso"), ("3.6", "microseconds"), ("3.6", "nanoseconds"),
        ("1.9", "default"), ("1.9", "connect"), ("1.9", "zoned"),
    ]

    @Test(arguments: fixtures) func recordsEqualDebeziums(version: String, variant: String) throws {
        let fixture = try AllTypesFixture(version, variant)
        let emitted = try fixture.emitted()
        var expected = fixture.expected
        // The schema change topic has a test of its own.
        expected[fixture.configuration.logicalName] = nil
        #expect(Set(emitted.keys) == Set(expected.keys))
        for (topic, records) in expected.sorted(by: { $0.key < $1.key }) {
            let ours = emitted[topic] ?? []
            #expect(ours.count == records.count, "\(topic): number of records")
            for (index, pair) in zip(ours, records).enumerated() where pair.0 != pair.1 {
                if isKeyOfSnapshot(pair.0, pair.1, topic) { continue }
                Issue.record("\(version) \(variant) \(topic) \(index): \(difference(pair.0, pair.1))")
            }
        }
    }

    /// Schema changes built from Debezium's own table definitions give Debezium's records.
    @Test(arguments: ["3.6", "1.9"]) func schemaChangesEqualDebeziums(version: String) throws {
        let fixture = try AllTypesFixture(version, "default")
        let expected = try #require(fixture.expected[fixture.configuration.logicalName])
        let sink = CollectingSink()
        let clock: () -> Int64 = { 1_700_000_000_123_456 }
        let snapshot = SnapshotEmitter(RecordOutput(fixture.configuration, to: sink, clock: clock))
        let stream = RecordEmitter(RecordOutput(fixture.configuration, to: sink, clock: clock))
        for record in expected where fixture.isSnapshot(record) {
            try snapshot.emitSchemaChange(fixture.change(of: record), source: fixture.source(of: record))
        }
        // Rows follow, so that the last change is not the snapshot's last record.
        try fixture.emitSnapshot(to: snapshot)
        for record in expected where !fixture.isSnapshot(record) {
            try stream.emitSchemaChange(fixture.change(of: record), source: fixture.source(of: record))
        }
        let ours = try sink.recordsByTopic()[fixture.configuration.logicalName] ?? []
        #expect(ours.count == expected.count)
        for (index, pair) in zip(ours, expected).enumerated() where pair.0 != pair.1 {
            Issue.record("\(version) \(index): \(difference(pair.0, pair.1))")
        }
        #expect(sink.records.allSatisfy { $0.partition == ($0.topic == fixture.configuration.logicalName ? 0 : nil) })
    }

    /// A key column that the filters exclude from the row: Debezium does not read it in snapshots and writes 0, so that
    /// its key differs from the stream's. cdcd writes the value.
    private func isKeyOfSnapshot(
        _ ours: AllTypesFixture.Record, _ theirs: AllTypesFixture.Record, _ topic: String
    ) -> Bool {
        var corrected = theirs
        corrected.key = .object(["b": .integer(2)])
        return topic.hasSuffix("connect.alltypes.uniq") && theirs.key == .object(["b": .integer(0)]) && ours == corrected
    }

    /// The first differing part of two records.
    private func difference(_ ours: AllTypesFixture.Record, _ theirs: AllTypesFixture.Record) -> String {
        let parts: [(String, KeyPath<AllTypesFixture.Record, JSONValue>)] = [
            ("key schema", \.keySchema), ("value schema", \.valueSchema), ("key", \.key), ("value", \.value),
            ("headers", \.headers),
        ]
        for (name, part) in parts where ours[keyPath: part] != theirs[keyPath: part] {
            return difference(ours[keyPath: part], theirs[keyPath: part], at: name)
        }
        return "equal"
    }

    private func difference(_ ours: JSONValue, _ theirs: JSONValue, at path: String) -> String {
        if let a = ours.objectValue, let b = theirs.objectValue {
            for name in a.names + b.names where a[name] != b[name] {
                return difference(a[name] ?? .string("(absent)"), b[name] ?? .string("(absent)"), at: "\(path).\(name)")
            }
        }
        if let a = ours.arrayValue, let b = theirs.arrayValue, a.count == b.count {
            for (index, pair) in zip(a, b).enumerated() where pair.0 != pair.1 {
                let name = pair.1.objectValue?["field"]?.stringValue ?? "\(index)"
                return difference(pair.0, pair.1, at: "\(path)[\(name)]")
            }
        }
        return "\(path): ours \(text(ours)), Debezium's \(text(theirs))"
    }

    private func text(_ value: JSONValue) -> String { String(decoding: value.encoded().prefix(300), as: UTF8.self) }
}
