import BinlogSource
import ConnectData
import Testing
import WireCore

/// Every record of the story of all types, compared with what Debezium wrote: schemas, keys, values, headers.
@Suite struct AllTypesTests {
    static let stories = [
        ("3.6", "default"), ("3.6", "connect"), ("3.6", "iso"), ("3.6", "microseconds"), ("3.6", "nanoseconds"),
        ("1.9", "default"), ("1.9", "connect"), ("1.9", "zoned"),
    ]

    @Test(arguments: stories) func recordsEqualDebeziums(version: String, variant: String) throws {
        let story = try AllTypesStory(version, variant)
        let emitted = try story.emitted()
        var expected = story.expected
        // The topic of schema changes has a test of its own.
        expected[story.configuration.logicalName] = nil
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

    /// The changes of the schema, made from Debezium's own tables, give the records that Debezium made from them.
    @Test(arguments: ["3.6", "1.9"]) func schemaChangesEqualDebeziums(version: String) throws {
        let story = try AllTypesStory(version, "default")
        let expected = try #require(story.expected[story.configuration.logicalName])
        let sink = CollectingSink()
        let clock: () -> Int64 = { 1_700_000_000_123_456 }
        let snapshot = SnapshotEmitter(RecordOutput(story.configuration, to: sink, clock: clock))
        let stream = RecordEmitter(RecordOutput(story.configuration, to: sink, clock: clock))
        for record in expected where story.isSnapshot(record) {
            try snapshot.emitSchemaChange(story.change(of: record), source: story.source(of: record))
        }
        // Rows follow, so that the last change is not the snapshot's last record.
        try story.emitSnapshot(to: snapshot)
        for record in expected where !story.isSnapshot(record) {
            try stream.emitSchemaChange(story.change(of: record), source: story.source(of: record))
        }
        let ours = try sink.recordsByTopic()[story.configuration.logicalName] ?? []
        #expect(ours.count == expected.count)
        for (index, pair) in zip(ours, expected).enumerated() where pair.0 != pair.1 {
            Issue.record("\(version) \(index): \(difference(pair.0, pair.1))")
        }
        #expect(sink.records.allSatisfy { $0.partition == ($0.topic == story.configuration.logicalName ? 0 : nil) })
    }

    /// A key column that the filters leave out of the row: Debezium does not read it in snapshots and writes 0 for its
    /// value, so that the key is another than the stream's. We write the value.
    private func isKeyOfSnapshot(
        _ ours: AllTypesStory.Record, _ theirs: AllTypesStory.Record, _ topic: String
    ) -> Bool {
        var mended = theirs
        mended.key = .object(["b": .integer(2)])
        return topic.hasSuffix("connect.alltypes.uniq") && theirs.key == .object(["b": .integer(0)]) && ours == mended
    }

    /// The first differing part of two records.
    private func difference(_ ours: AllTypesStory.Record, _ theirs: AllTypesStory.Record) -> String {
        let parts: [(String, KeyPath<AllTypesStory.Record, JSONValue>)] = [
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
