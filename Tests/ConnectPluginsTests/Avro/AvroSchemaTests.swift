import ConnectData
import Testing
import WireCore

@testable import ConnectPlugins

@Suite struct AvroSchemaTests {
    private func text(_ schema: Schema, _ settings: AvroSettings = AvroSettings()) throws -> String {
        try AvroSchemaBuilder.schema(of: schema, settings, Logger("test")).text
    }

    @Test func schemasAreThoseOfApicuriosConverter() throws {
        let fixture = try AvroFixture()
        #expect(fixture.schemas.count == 70)
        for item in fixture.schemas {
            let name = item["id"]?.stringValue ?? ""
            let schema = try AvroFixture.schema(try #require(item["connect"]))
            #expect(try text(schema) == item["avro"]?.stringValue, "\(name)")
            var settings = AvroSettings()
            settings.writesMetadata = false
            let plain = item["avroWithoutMetadata"] ?? item["avro"]
            #expect(try text(schema, settings) == plain?.stringValue, "\(name)")
        }
    }

    @Test func bodiesAreThoseOfApicuriosConverter() throws {
        let fixture = try AvroFixture()
        var count = 0
        for record in fixture.records {
            for part in [record.key, record.value] {
                guard let part else { continue }
                let schema = try AvroSchemaBuilder.schema(of: part.schema, AvroSettings(), Logger("test"))
                let form = try AvroFormBuilder(schema, AvroSettings()).form(part.schema)
                let body = try AvroSink.bytes(of: part.value, form)
                #expect(body == part.body, "\(record.topic) \(part.schemaID)")
                count += 1
            }
        }
        #expect(count == 200)
    }

    @Test func typesOfOneNameWithDifferentFieldsAreRefused() {
        let first = Schema(.structure, name: "n.P", fields: [Schema.Field("x", Schema(.int32))])
        let second = Schema(.structure, name: "n.P", fields: [Schema.Field("x", Schema(.string))])
        let schema = Schema(
            .structure, name: "n.R", fields: [Schema.Field("a", first), Schema.Field("b", second)])
        #expect {
            try text(schema)
        } throws: {
            "\($0)".contains("Two schemas have the name n.P but different fields")
        }
    }

    @Test func typesThatContainThemselvesAreRefused() throws {
        let avro = try AvroSchemaParser.parse(
            #"{"type":"record","name":"n.L","fields":[{"name":"next","type":["null","L"]}]}"#)
        #expect(throws: DataError("The Avro type n.L contains itself, which cdcd cannot read")) {
            try ConnectSchemaBuilder.schema(of: avro, AvroSettings(), Logger("test"))
        }
    }

    /// `use.latest.version`: the schema to write with is the registry's.
    @Test func fieldsInAnotherOrderThanTheRegistrysAreRefused() throws {
        let registered = try AvroSchemaParser.parse(
            #"{"type":"record","name":"R","fields":[{"name":"b","type":"int"},{"name":"a","type":"int"}]}"#)
        let schema = Schema(
            .structure, name: "R", fields: [Schema.Field("a", Schema(.int32)), Schema.Field("b", Schema(.int32))])
        let message = "The fields of the schema R are not those of the registry's schema, in its order"
        #expect(throws: DataError(message)) { try AvroFormBuilder(registered, AvroSettings()).form(schema) }
    }
}
