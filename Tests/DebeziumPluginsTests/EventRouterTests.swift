import ConnectData
import PluginTestSupport
import Testing
import WireCore

@testable import DebeziumPlugins

@Suite struct EventRouterTests {
    @Test(arguments: ["3.6", "1.9"]) func recordsEqualDebeziums(version: String) throws {
        try TransformCases("debezium-\(version)/outbox").compare()
        try TransformCases("debezium-\(version)/outbox-json").compare()
    }

    // MARK: Options

    @Test(arguments: DebeziumGeneration.allCases) func everyOptionIsConsumed(generation: DebeziumGeneration) throws {
        let unused = OptionConsumption.unused(
            of: OutboxOptions.options(OutboxProfile(generation)),
            into: try OutboxOptions(generation: generation, configuration: [:]),
            values: [
                "table.fields.additional.placement": "a:header", "table.op.invalid.behavior": "error",
                "debezium.op.invalid.behavior": "error", "table.field.additional.missing": "ignore",
                "table.json.payload.null.behavior": "optional_bytes", "field.name.adjustment.mode": "avro",
            ])
        #expect(unused == [])
    }

    @Test func optionsOfTheOtherGenerationAreRefused() {
        let former = EventRouter.plugin.properties(for: ["database.server.name": "d"])
        #expect(
            former.refused.map(\.name) == [
                "table.field.additional.missing", "table.json.payload.null.behavior", "field.name.adjustment.mode",
            ])
        let modern = EventRouter.plugin.properties(for: [:])
        #expect(modern.refused.map(\.name) == ["table.field.event.payload.id", "debezium.op.invalid.behavior"])
    }

    @Test(arguments: ["a:", "a:body", "a:header,b: :c"]) func unknownPlacementIsRefused(text: String) {
        #expect(throws: ConfigError.self) {
            try OutboxOptions(generation: .v36, configuration: ["table.fields.additional.placement": text])
        }
    }

    @Test func optionsAreInDebeziumsOrder() {
        let names = EventRouter.plugin.properties().definition.keys.map { "\($0.group ?? "")/\($0.orderInGroup) \($0.name)" }
        #expect(
            names == [
                "Table/1 table.field.event.id", "Table/2 table.field.event.key", "Table/3 table.field.event.type",
                "Table/4 table.field.event.payload", "Table/5 table.field.event.timestamp",
                "Table/6 table.fields.additional.placement", "Table/7 table.field.additional.missing",
                "Table/8 table.field.event.schema.version", "Table/9 table.op.invalid.behavior",
                "Table/10 table.expand.json.payload", "Table/11 table.json.payload.null.behavior",
                "Router/1 route.by.field", "Router/2 route.topic.regex", "Router/3 route.topic.replacement",
                "Router/4 route.tombstone.on.empty.payload", "Tracing/1 tracing.span.context.field",
                "Tracing/2 tracing.operation.name", "Tracing/3 tracing.with.context.field.only",
            ])
    }

    // MARK: Where Debezium fails or loses values

    private static let optionalString = Schema(.string, isOptional: true)

    private static func event(_ columns: [(name: String, schema: Schema, value: ConnectValue)]) -> ConnectRecord {
        let fixed: [(name: String, schema: Schema, value: ConnectValue)] = [
            ("id", Schema(.int64), .integer(1)), ("aggregatetype", Schema(.string), .string("order")),
            ("aggregateid", Schema(.string), .string("o-1")),
        ]
        let all = fixed + columns
        let row = Schema(
            .structure, isOptional: true, name: "s.d.outbox.Value", fields: all.map { .init($0.name, $0.schema) })
        let envelope = Schema(
            .structure, name: "s.d.outbox.Envelope",
            fields: [
                .init("before", row), .init("after", row), .init("op", Schema(.string)),
                .init("ts_ms", Schema(.int64, isOptional: true)),
            ])
        let value = Struct(
            schema: envelope,
            values: [
                .null, .structure(Struct(schema: row, values: ContiguousArray(all.map(\.value)))), .string("c"),
                .integer(5),
            ])
        return ConnectRecord(
            topic: "s.d.outbox", keySchema: nil, key: .null, valueSchema: envelope, value: .structure(value))
    }

    private static func router(
        _ generation: DebeziumGeneration, _ configuration: [String: String]
    ) throws -> EventRouter {
        try EventRouter(OutboxOptions(generation: generation, configuration: configuration), connector: nil)
    }

    private static func expand(
        _ payload: String, _ generation: DebeziumGeneration, _ options: [String: String] = [:]
    ) throws -> ConnectRecord {
        var record = event([("payload", optionalString, .string(payload))])
        let options = options.merging(["table.expand.json.payload": "true"]) { $1 }
        #expect(try router(generation, options).apply(&record))
        return record
    }

    @Test(
        arguments: [
            "[]", "[1,2]", #"[{"a":1}]"#, #"{"a":123456789012345678901234567890}"#, #"{"l":[1,2.5]}"#,
            #"{"l":[1,3000000000]}"#, #"{"l":[{"a":1},{"a":"x"}]}"#, #"{"l":[[1],["a"]]}"#, #"{"a":1} {"b":2}"#,
        ], DebeziumGeneration.allCases)
    func payloadThatNoStructHoldsStaysAText(payload: String, generation: DebeziumGeneration) throws {
        let record = try Self.expand(payload, generation)
        #expect(record.value == .string(payload))
        #expect(record.valueSchema === Self.optionalString)
    }

    @Test(arguments: DebeziumGeneration.allCases)
    func objectsOfAnArrayAreMergedAtEveryDepth(generation: DebeziumGeneration) throws {
        let record = try Self.expand(
            #"{"l":[{"o":{"x":1},"m":[[{"p":1}],[]]},{"o":{"y":"b"},"m":[[{"q":2}]]},null]}"#, generation)
        #expect(
            record.value.javaText(record.valueSchema)
                == "Struct{l=[Struct{o=Struct{x=1},m=[[Struct{p=1}], []]}, "
                + "Struct{o=Struct{y=b},m=[[Struct{q=2}]]}, null]}")
    }

    @Test func mergedObjectsAreOptionalIfOneIsNull() throws {
        let items = { (payload: String) throws in
            try Self.expand(payload, .v36).valueSchema?.fields[0].schema.valueSchema
        }
        #expect(try items(#"{"l":[{"a":1},{"b":1}]}"#)?.isOptional == false)
        #expect(try items(#"{"l":[{"a":1},null,{"b":1}]}"#)?.isOptional == true)
    }

    @Test func fieldsWithAdjustedNamesKeepTheirValues() throws {
        let record = try Self.expand(#"{"a-b":1,"c_d":{"e f":2}}"#, .v36, ["field.name.adjustment.mode": "avro"])
        #expect(record.value.javaText(record.valueSchema) == "Struct{a_b=1,c_d=Struct{e_f=2}}")
        let ambiguous = try Self.expand(#"{"a-b":1,"a_b":2}"#, .v36, ["field.name.adjustment.mode": "avro"])
        #expect(ambiguous.value == .string(#"{"a-b":1,"a_b":2}"#))
    }

    @Test func nestingIsExpandedAsFarAsMySQLStoresIt() throws {
        let nested = { (depth: Int) in
            String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        }
        #expect(try Self.expand(nested(100), .v36).valueSchema?.type == .structure)
        #expect(try Self.expand(nested(101), .v36).valueSchema?.type == .string)
    }

    @Test func equalDocumentsShareTheirSchema() throws {
        let router = try Self.router(.v36, ["table.expand.json.payload": "true"])
        let schemas = try [#"{"a":1}"#, #"{"a":2}"#, #"{"a":"x"}"#].map { payload in
            var record = Self.event([("payload", Self.optionalString, .string(payload))])
            #expect(try router.apply(&record))
            return try #require(record.valueSchema)
        }
        #expect(schemas[0] === schemas[1])
        #expect(schemas[1] !== schemas[2])
    }

    @Test(arguments: DebeziumGeneration.allCases)
    func envelopeFollowsChangedColumns(generation: DebeziumGeneration) throws {
        let router = try Self.router(generation, ["table.fields.additional.placement": "extra:envelope"])
        var schemas: [Schema] = []
        for extra in [Schema(.int32), Schema(.int64, isOptional: true), Schema(.int32)] {
            var record = Self.event([("payload", Self.optionalString, .string("p")), ("extra", extra, .integer(3))])
            #expect(try router.apply(&record))
            schemas.append(try #require(record.valueSchema))
            #expect(record.valueSchema?.fields.last?.schema == extra)
            #expect(record.valueSchema?.name == "s.d.outbox.order.Value")
        }
        #expect(schemas[0] === schemas[2])
    }

    @Test func keyOfAnotherTypeThanTheConfiguredColumnHasItsOwnSchema() throws {
        var record = Self.event([
            ("payload", Self.optionalString, .null), ("number", Schema(.int32, isOptional: true), .null),
        ])
        #expect(try Self.router(.v19, ["table.field.event.key": "number"]).apply(&record))
        #expect(record.keySchema == Schema(.string))
        #expect(record.key == .string("o-1"))
    }

    @Test func eventOfATableWithoutKeyColumnHasNoKey() throws {
        var record = Self.event([("payload", Self.optionalString, .null)])
        #expect(try Self.router(.v19, ["table.field.event.payload.id": "none"]).apply(&record))
        #expect(record.keySchema == nil)
        #expect(record.key == .null)
    }

    // MARK: Shapes

    @Test func shapesOfDeletesAndTombstonesAreDropped() throws {
        let event = Self.event([("payload", Self.optionalString, .null)])
        let schema = try #require(event.valueSchema)
        let router = try Self.router(.v36, [:])
        func change(_ value: ValueShape, _ valueSchema: Schema?) throws -> ShapeChange {
            var shape = RecordShape(
                topic: "t", keySchema: nil, key: .null, valueSchema: valueSchema, value: value, headers: [])
            return try router.apply(to: &shape)
        }
        func envelope(_ operation: String) -> ValueShape {
            .structure([.null, .null, .constant(.string(operation)), .input(1)])
        }
        #expect(try change(.null, nil) == .dropped)
        #expect(try change(envelope("d"), schema) == .dropped)
        #expect(try change(envelope("c"), schema) == .dependsOnValues)
        #expect(try change(envelope("u"), schema) == .dependsOnValues)
        #expect(try change(.input(1), Self.optionalString) == .dependsOnValues)
        #expect(try change(.structure([]), Schema(.structure)) == .applied)
    }
}
