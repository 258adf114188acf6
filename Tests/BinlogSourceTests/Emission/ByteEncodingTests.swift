import ConnectData
import RecordTestSupport
import Testing
import WireCore

@testable import BinlogSource

/// Rows that are written as bytes give the same bytes as records of values that are transformed and converted.
@Suite struct ByteEncodingTests {
    private func emit(_ fixture: AllTypesFixture, _ sink: any RecordSink) throws {
        let clock: () -> Int64 = { 1_700_000_000_123_456 }
        try fixture.emitSnapshot(to: SnapshotEmitter(RecordOutput(fixture.configuration, to: sink, clock: clock)))
        try fixture.emitStream(to: RecordEmitter(RecordOutput(fixture.configuration, to: sink, clock: clock)))
    }

    private static let json = "org.apache.kafka.connect.json.JsonConverter"
    private static let avro = "io.confluent.connect.avro.AvroConverter"

    /// The class and its properties.
    private static let converters: [(key: String, value: String, properties: [String: String])] = [
        (json, json, ["schemas.enable": "true"]), (json, json, ["schemas.enable": "false"]),
        (
            json, json,
            ["schemas.enable": "false", "decimal.format": "NUMERIC", "replace.null.with.default": "false"]
        ),
        (avro, avro, ["scrub.invalid.names": "true"]),
        (
            json, avro,
            ["scrub.invalid.names": "true", "connect.meta.data": "false", "ignore.default.for.nullables": "true"]
        ),
        (avro, json, ["scrub.invalid.names": "true", "schemas.enable": "false"]),
    ]

    /// Without transforms, with a router, and `ExtractNewRecordState` in all its modes.
    private static func transforms(_ version: String) -> [[String: String]] {
        let router = [
            "transforms.route.type": "org.apache.kafka.connect.transforms.RegexRouter",
            "transforms.route.regex": "(.*)\\.(.*)", "transforms.route.replacement": "$2-routed",
        ]
        let plain = ["transforms": "unwrap", "transforms.unwrap.type": "io.debezium.transforms.ExtractNewRecordState"]
        let modes = version == "3.6"
            ? ["drop", "tombstone", "rewrite", "rewrite-with-tombstone", "delete-to-tombstone"].map {
                ["delete.tombstone.handling.mode": $0]
            }
            : ["drop", "none", "rewrite"].flatMap { mode in
                ["true", "false"].map { ["delete.handling.mode": mode, "drop.tombstones": $0] }
            }
        let extras: [[String: String]] = [
            [:], ["add.fields": "op,table,source.ts_ms,ts_ms,source.gtid"], ["add.headers": "op,db,source.file"],
            ["add.fields": "op:OPERATION", "add.fields.prefix": "$", "replace.null.with.default": "false"],
        ]
        let unwraps = modes.flatMap { mode in
            extras.map { extra in
                var result = plain
                for (name, value) in mode.merging(extra, uniquingKeysWith: { $1 }) {
                    // 1.9 has no such option.
                    if version == "1.9", name == "replace.null.with.default" { continue }
                    result["transforms.unwrap.\(name)"] = value
                }
                return result
            }
        }
        let both = plain.merging(router) { $1 }.merging(["transforms": "unwrap,route"]) { $1 }
        return [[:], router.merging(["transforms": "route"]) { $1 }, both] + unwraps + ofKafka
    }

    /// Chains of Kafka's transforms that act on structure only.
    private static let ofKafka: [[String: String]] = {
        func chain(_ steps: (type: String, properties: [String: String])...) -> [String: String] {
            var result = ["transforms": steps.indices.map { "t\($0)" }.joined(separator: ",")]
            for (index, step) in steps.enumerated() {
                result["transforms.t\(index).type"] = "org.apache.kafka.connect.transforms.\(step.type)"
                for (name, value) in step.properties { result["transforms.t\(index).\(name)"] = value }
            }
            result["predicates"] = "gone"
            result["predicates.gone.type"] = "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone"
            return result
        }
        let kept = ["predicate": "gone", "negate": "true"]
        return [
            chain(
                ("Flatten$Value", [:]), ("InsertField$Value", ["topic.field": "topic", "timestamp.field": "ts"]),
                ("ReplaceField$Value", ["exclude": "op", "renames": "source.db:database"]),
                ("SetSchemaMetadata$Value", ["schema.name": "flat", "schema.version": "2"]),
                ("HeaderFrom$Value", ["fields": "database", "headers": "db", "operation": "move"].merging(kept) { $1 }),
                ("InsertHeader", ["header": "kept", "value.literal": "1.5"]), ("DropHeaders", ["headers": "kept"])),
            chain(
                ("ExtractField$Value", ["field": "after"]),
                ("InsertField$Key", ["static.field": "f", "static.value": "v"]), ("HoistField$Key", ["field": "key"]), ("HoistField$Value", ["field": "row"].merging(kept) { $1 })),
            chain(
                ("ValueToKey", ["fields": "op,source"].merging(kept) { $1 }),
                ("MaskField$Value", ["fields": "op"].merging(kept) { $1 }),
                (
                    "ExtractField$Value",
                    ["field": "source.db", "field.syntax.version": "V2"].merging(kept) { $1 }
                )),
            chain(("Filter", ["predicate": "gone"]), ("Cast$Key", ["spec": "absent:string"])),
        ]
    }()

    @Test(arguments: AllTypesTests.fixtures) func bytesEqualConvertedRecords(version: String, variant: String) throws {
        let fixture = try AllTypesFixture(version, variant)
        let generation = version == "3.6" ? ["topic.prefix": "p"] : ["database.server.name": "p"]
        for transforms in Self.transforms(version) {
            for converter in Self.converters where transforms.isEmpty || converter.properties["schemas.enable"] != "true" {
                var connector = generation.merging(transforms) { $1 }
                for (name, value) in converter.properties {
                    connector["key.converter.\(name)"] = value
                    connector["value.converter.\(name)"] = value
                }
                connector["key.converter"] = converter.key
                connector["value.converter"] = converter.value
                let (values, bytes) = (
                    try EncodingSink(connector, .values), try EncodingSink(connector, .bytes)
                )
                try emit(fixture, values)
                try emit(fixture, bytes)
                #expect(values.outputs == bytes.outputs, "\(connector)")
                #expect(values.droppedCount == bytes.droppedCount, "\(connector)")
                // Only the records of changed keys have other headers, and those of deletes whose tombstones get them.
                let castsKeys = connector.values.contains { $0.hasSuffix("Cast$Key") }
                #expect(castsKeys || bytes.byteRecordCount * 10 > bytes.outputs.count * 7, "\(connector)")
                #expect(values.byteRecordCount == 0)
            }
        }
    }

    /// The sink that encodes each record on both paths compares all records that have both, dropped ones included.
    @Test func allRecordsWithBothPathsAreCompared() throws {
        let fixture = try AllTypesFixture("3.6", "default")
        let connector = [
            "topic.prefix": "p", "transforms": "unwrap",
            "transforms.unwrap.type": "io.debezium.transforms.ExtractNewRecordState",
            "transforms.unwrap.delete.tombstone.handling.mode": "drop",
        ]
        let (bytes, both) = (try EncodingSink(connector, .bytes), try EncodingSink(connector, .both))
        try emit(fixture, bytes)
        try emit(fixture, both)
        #expect(bytes.droppedCount > 0)
        let (compared, others) = (both.comparison.comparedCount, both.comparison.valuesOnlyCount)
        #expect(compared >= bytes.byteRecordCount)
        #expect(compared + others == bytes.outputs.count + bytes.droppedCount)
        #expect(both.comparison.differences.isEmpty)
    }

    /// Refuses records as bytes: their schemas have other types than the values.
    private final class RefusingSink: RecordSink {
        var recordCount = 0
        /// The schema of the values for that of the envelope.
        let schema: (Schema) -> Schema

        init(_ schema: @escaping (Schema) -> Schema) { self.schema = schema }

        func emit(_ record: consuming ConnectRecord) throws -> Bool {
            recordCount += 1
            return true
        }

        func encoding(of shape: RecordShape) -> RecordEncoding {
            guard let envelope = shape.valueSchema else { return .records }
            var shape = shape
            shape.valueSchema = schema(envelope)
            guard let plan = shape.valueSchema.flatMap({ try? JSONSinkPlan($0, options: .init()) }) else {
                return .records
            }
            return .bytes(
                ByteEncoding(
                    shape: shape, key: .none, value: .json(plan), hasVariableHeaders: false, target: NoTarget()))
        }

        func checkpoint(partition: JSONObject, offset: JSONObject) throws {}
        func awaitDelivery() throws {}

        private final class NoTarget: ByteTarget {
            func append(
                key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headerValues: [ConnectValue]
            ) throws -> Bool {
                Issue.record("a value that does not fit its schema was appended")
                return true
            }
        }
    }

    private static func envelope(_ schema: Schema, changing name: String, to type: Schema) -> Schema {
        Schema(
            .structure, name: schema.name,
            fields: schema.fields.map { .init($0.name, $0.name == name ? type : $0.schema) })
    }

    /// A value that the converter refuses, among those that rows share or in each row: nothing of the record is
    /// written, and it is emitted as a record of values, with which the converter's error is reported or tolerated.
    @Test(arguments: ["op", "after"]) func refusedRecordIsEmittedAsARecordOfValues(field: String) throws {
        let fixture = try AllTypesFixture("3.6", "default")
        let number = Schema(.int64)
        let sink = RefusingSink { envelope in
            guard field == "after" else { return Self.envelope(envelope, changing: field, to: number) }
            let row = envelope.fields[1].schema
            let changed = Schema(
                .structure, isOptional: true, name: row.name,
                fields: row.fields.map { .init($0.name, Schema(.map, keySchema: number, valueSchema: number)) })
            let after = Self.envelope(envelope, changing: "after", to: changed)
            return Self.envelope(after, changing: "before", to: changed)
        }
        try emit(fixture, sink)
        let expected = try EncodingSink(["topic.prefix": "p"], .values)
        try emit(fixture, expected)
        #expect(sink.recordCount == expected.outputs.count)
    }
}
