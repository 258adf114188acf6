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
}
