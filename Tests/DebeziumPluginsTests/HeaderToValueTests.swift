import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct HeaderToValueTests {
    @Test func recordsEqualDebeziums() throws { try TransformCases("debezium-3.6/header-to-value").compare() }

    /// Debezium fails here: it derives the schema from the headers of the first record only.
    @Test func eachRecordGetsTheFieldsOfItsOwnHeaders() throws {
        let transform = try HeaderToValue(["headers": "a,b", "fields": "x,y", "operation": "copy"])
        let schema = Schema(.structure, fields: [.init("id", Schema(.int32))])
        func fields(_ headers: [String]) throws -> [String] {
            var record = ConnectRecord(
                topic: "t", keySchema: nil, key: .null, valueSchema: schema,
                value: .structure(Struct(schema: schema, values: [.integer(1)])),
                headers: headers.map { .init($0, schema: Schema(.string), value: .string("v")) })
            _ = try transform.apply(&record)
            return record.value.structValue?.schema.fields.map(\.name) ?? []
        }
        #expect(try fields(["a"]) == ["id", "x"])
        #expect(try fields(["a", "b"]) == ["id", "x", "y"])
        #expect(try fields(["b"]) == ["id", "y"])
    }

    /// Debezium fails here: it makes the struct required.
    @Test func structThatIsNullStaysOptional() throws {
        let transform = try HeaderToValue(["headers": "a", "fields": "after.x", "operation": "copy"])
        let row = Schema(.structure, isOptional: true, fields: [.init("id", Schema(.int32))])
        let schema = Schema(.structure, name: "E", fields: [.init("after", row)])
        let present = ConnectValue.structure(Struct(schema: row, values: [.integer(1)]))
        for (value, isOptional) in [(ConnectValue.null, true), (present, false)] {
            let header = ConnectRecord.Header("a", schema: Schema(.string), value: .string("v"))
            var record = ConnectRecord(
                topic: "t", keySchema: nil, key: .null, valueSchema: schema,
                value: .structure(Struct(schema: schema, values: [value])), headers: [header])
            _ = try transform.apply(&record)
            #expect(record.valueSchema?.fields[0].schema.isOptional == isOptional)
            #expect(record.value.structValue?.values[0].isNull == isOptional)
        }
    }

    /// Debezium keeps the list without the moved headers, to which a later transform adds those of each record.
    @Test func headersAddedLaterStayOnTheirRecord() throws {
        let chain = try TransformationChain(
            configuration: [
                "topic.prefix": "d", "transforms": "v,c", "transforms.v.type": "io.debezium.transforms.HeaderToValue",
                "transforms.v.headers": "a", "transforms.v.fields": "x", "transforms.v.operation": "move",
                "transforms.c.type": "io.debezium.transforms.ExtractChangedRecordState",
                "transforms.c.header.changed.name": "changed",
            ], plugins: TestPlugins.registry)
        let row = Schema(.structure, isOptional: true, fields: [.init("id", Schema(.int32))])
        let schema = Schema(.structure, name: "t.Envelope", fields: [.init("before", row), .init("after", row)])
        for _ in 0..<2 {
            let header = ConnectRecord.Header("a", schema: Schema(.string), value: .string("v"))
            let after = ConnectValue.structure(Struct(schema: row, values: [.integer(1)]))
            var record = ConnectRecord(
                topic: "t", keySchema: nil, key: .null, valueSchema: schema,
                value: .structure(Struct(schema: schema, values: [.null, after])), headers: [header])
            #expect(try chain.apply(&record))
            #expect(record.headers.map(\.name) == ["changed"])
        }
    }

    @Test func everyOptionIsConsumed() {
        let unused = OptionConsumption.unused(
            of: HeaderToValue.options, into: HeaderToValue.Settings(), values: ["operation": "move"])
        #expect(unused == [])
    }

    @Test func isRefusedWithDebezium19() {
        let configuration = [
            "database.server.name": "d", "transforms": "t", "transforms.t.type": "io.debezium.transforms.HeaderToValue",
        ]
        #expect {
            try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
        } throws: { error in
            (error as? ConfigError)?.message
                == "Invalid value io.debezium.transforms.HeaderToValue for configuration transforms.t.type: Debezium 1.9 has "
                + "no such class; it needs topic.prefix in place of database.server.name, which selects Debezium 3.6"
        }
    }
}
