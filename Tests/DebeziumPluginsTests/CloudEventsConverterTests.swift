import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import DebeziumPlugins

@Suite struct CloudEventsConverterTests {
    @Test(arguments: ["3.6", "1.9"]) func eventsEqualDebeziums(version: String) throws {
        try ConverterCases("debezium-\(version)/cloud-events").compare { name, record in
            // A schema without a name, and a `source` with a field of 16 bits: Debezium fails.
            !(name == "other records" && (record == 2 || record == 7))
        }
    }

    @Test(arguments: ["3.6", "1.9"]) func eventsWithAvroEqualDebeziums(version: String) throws {
        try ConverterCases("debezium-\(version)/cloud-events-avro").compare()
    }

    @Test func eventsDoNotHaveTheUserInformationOfTheRegistry() throws {
        let registry = try CaseRegistry()
        defer { registry.stop() }
        let converter = try Self.converter([
            "data.serializer.type": "avro", "avro.apicurio.registry.auto-register": "true",
            "avro.apicurio.registry.url": "http://ann:s3cret%40@\(registry.address)/apis/registry/v2",
        ])
        let cases = try JSONValue.parse(try Fixtures.text("converters/debezium-3.6/cloud-events-avro.json"))
        let events = cases.objectValue?["records"]?.objectValue?["events"]?.arrayValue
        let record = try TransformCases.record(try #require(events?.first?.objectValue))
        var writer = ByteWriter()
        #expect(try converter.convert(record.value, schema: record.valueSchema, topic: "t", into: &writer))
        let text = String(decoding: writer.array(), as: UTF8.self)
        #expect(text.contains(#""dataschema":"http://\#(registry.address)/apis/registry/v2/schemas/ids/0""#), "\(text)")
    }

    @Test(arguments: DebeziumGeneration.allCases) func everyOptionIsConsumed(generation: DebeziumGeneration) {
        let profile = CloudEventsProfile(generation)
        let unused = OptionConsumption.unused(
            of: CloudEventsOptions.options(profile), into: CloudEventsOptions(profile),
            values: [
                "serializer.type": "avro", "data.serializer.type": "avro", "schema.name.adjustment.mode": "none",
                "metadata.source": "header",
            ])
        #expect(unused == [])
    }

    private static func converter(
        _ properties: [String: String], _ connector: [String: String] = [:], adding plugins: [PluginDescriptor] = []
    ) throws -> any Converter {
        let registry = TestPlugins.registry(adding: plugins)
        return try registry.makeConverter(
            "io.debezium.converters.CloudEventsConverter", property: "value.converter",
            PluginContext(properties: properties, connectorConfiguration: connector, plugins: registry))
    }

    @Test(
        arguments: [
            ["serializer.type": "xml"], ["data.serializer.type": ""], ["schema.name.adjustment.mode": "wrong"],
            ["metadata.source": "wrong"], ["metadata.source": ""], ["metadata.source": "value,id"],
        ])
    func valuesWithoutMeaningAreRefused(properties: [String: String]) {
        #expect(throws: ConfigError.self) { try Self.converter(properties) }
    }

    @Test(arguments: ["metadata.source", "extension.attributes.enable", "schema.cloudevents.name"])
    func optionsOfLaterGenerationsAreRefused(name: String) {
        #expect(throws: ConfigError(name: name, value: "value", reason: "Debezium 1.9 has no such option")) {
            try Self.converter([name: "value"], ["database.server.name": "d"])
        }
    }

    /// Debezium fails for each record.
    @Test func idsInHeadersOfConfluentsConverterAreRefused() {
        let error = #expect(throws: ConfigError.self) {
            try Self.converter([
                "data.serializer.type": "avro", "avro.schema.registry.url": "http://a:1",
                "avro.value.schema.id.serializer": "io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer",
            ])
        }
        #expect(error?.name == "value.schema.id.serializer")
    }

    @Test func recordWithoutSchemaNameIsNoEvent() throws {
        var writer = ByteWriter()
        #expect(try !Self.converter([:]).convert(.string("x"), schema: Schema(.string), topic: "t", into: &writer))
        #expect(writer.count == 0)
    }

    @Test func eventsOfTheFormerGenerationAreDecoded() throws {
        let converter = try Self.converter(["json.schemas.enable": "false"], ["database.server.name": "d"])
        let event = #"{"id":"1","source":"s","specversion":"1.0","type":"t","data":{"a":1}}"#
        let decoded = try Array(event.utf8).withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        guard case .map(let entries) = decoded.value else { throw DataError("\(decoded.value)") }
        let data = entries.first { $0.key == .string("data") }?.value
        #expect(data == .map([.init(key: .string("a"), value: .integer(1))]))
        #expect(entries.count == 5)
    }

    @Test(arguments: [#"{"id":1}"#, "5", "null", #"{"id":"1","source":"s","specversion":"1.0","type":"t"}"#])
    func otherDocumentsAreNoEvents(document: String) throws {
        let converter = try Self.converter([:])
        #expect(throws: DataError.self) {
            try Array(document.utf8).withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        }
    }
}
