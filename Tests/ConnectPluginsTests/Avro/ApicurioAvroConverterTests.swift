import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

@Suite struct ApicurioAvroConverterTests {
    private let registry = MemoryRegistry()
    private let schema = Schema(.structure, name: "s.R", fields: [.init("id", Schema(.int16))])

    private func converter(_ properties: [String: String] = [:]) throws -> AvroConverter {
        let properties = ["apicurio.registry.url": "http://a", "converter.type": "value"].merging(properties) { $1 }
        return try ApicurioAvroConverter.converter(
            properties, ApicurioRegistrySettings(properties), registry.client)
    }

    private func write(_ converter: AvroConverter) throws -> [UInt8] {
        var writer = ByteWriter()
        let value = ConnectValue.structure(Struct(schema: schema, values: [.integer(7)]))
        #expect(try converter.convert(value, schema: schema, topic: "t", into: &writer))
        return writer.array()
    }

    /// `DefaultHeadersHandler` and `AvroSerdeHeaders`.
    @Test func idAndEncodingAreInHeadersByDefault() throws {
        for type in ["key", "value"] {
            let converter = try converter(["converter.type": type])
            #expect(try write(converter) == [14])
            #expect(registry.registrations.last?.subject == "t-\(type)")
            let headers = try converter.recordHeaders(for: schema, topic: "t")
            #expect(headers.map(\.name) == ["apicurio.\(type).globalId", "apicurio.\(type).encoding"])
            #expect(headers.map(\.value) == [[0, 0, 0, 0, 0, 0, 0, 101], Array("BINARY".utf8)])
            let read = try [UInt8]([14]).withUnsafeBytes { try converter.decode($0, topic: "t", headers: headers) }
            #expect(read.value == .structure(Struct(schema: schema, values: [.integer(7)])))
        }
    }

    @Test func idPrecedesTheValueWithoutHeaders() throws {
        let eight = try converter(["apicurio.registry.headers.enabled": "false"])
        #expect(try write(eight) == [0, 0, 0, 0, 0, 0, 0, 0, 101, 14])
        #expect(try eight.recordHeaders(for: schema, topic: "t").isEmpty)
        let four = try converter([
            "apicurio.registry.headers.enabled": "false", "apicurio.registry.as-confluent": "true",
        ])
        #expect(try write(four) == [0, 0, 0, 0, 101, 14])
    }

    /// Confluent's serializer writes such a value without its length.
    @Test func valueThatIsBytesHasItsLength() throws {
        var writer = ByteWriter()
        let converter = try converter()
        #expect(try converter.convert(.bytes([1, 2]), schema: Schema(.bytes), topic: "t", into: &writer))
        #expect(writer.array() == [4, 1, 2])
    }

    @Test func metadataCanBeLeftOut() throws {
        _ = try write(converter())
        _ = try write(converter(["connect.meta.data": "false"]))
        #expect(
            registry.registrations.map(\.schema.text) == [
                #"{"type":"record","name":"R","namespace":"s","fields":[{"name":"id","#
                    + #""type":{"type":"int","connect.type":"int16"}}],"connect.name":"s.R"}"#,
                #"{"type":"record","name":"R","namespace":"s","fields":[{"name":"id","type":"int"}]}"#,
            ])
    }

    /// The prefix "Failed to deserialize data for topic" is of Confluent's deserializer.
    @Test func errorsHaveNoTopic() throws {
        let converter = try converter()
        #expect(throws: DataError("Unknown magic byte!")) {
            try [UInt8]([7, 7]).withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        }
    }

    @Test(arguments: [
        ("apicurio.registry.avro.encoding", "JSON"), ("apicurio.registry.avro-datum-provider", "a.B"),
        ("apicurio.registry.use-specific-avro-reader", "true"), ("apicurio.registry.converter.serializer", "a.B"),
        ("apicurio.registry.converter.deserializer", "a.B"), ("apicurio.registry.tls.truststore.location", "/a"),
    ]) func optionThatCannotBeCarriedOutIsRefused(name: String, value: String) {
        #expect(throws: ConfigError.self) { try converter([name: value]) }
    }
}
