import ConnectData
import PluginTestSupport
import Testing

@testable import BinlogSource

/// Field names are adjusted for Avro if the connector has a converter to Avro.
@Suite struct AvroFieldNameTests {
    private func columns(_ properties: [String: String], _ generation: DebeziumGeneration) throws -> String {
        try EmittedRows("my-t $x", PropertyEffect.base(generation).merging(properties) { $1 }).columns
    }

    @Test(arguments: [
        ("key.converter", "io.apicurio.registry.utils.converter.AvroConverter"),
        ("value.converter", "io.apicurio.registry.utils.converter.AvroConverter"),
        ("value.converter", "io.confluent.connect.avro.AvroConverter"),
    ]) func converterToAvroAdjustsFieldNames(name: String, converter: String) throws {
        #expect(try columns([name: converter], .v36) == "_,a_b,_1x")
        #expect(try columns([name: converter], .v19) == "_,a_b,_1x")
    }

    @Test func otherConvertersDoNotAdjustFieldNames() throws {
        let json = "org.apache.kafka.connect.json.JsonConverter"
        #expect(try columns(["value.converter": json], .v36) == "키,a b,1x")
        #expect(try columns(["value.converter": json], .v19) == "키,a b,1x")
    }

    @Test func modeThatIsSetIsKept() throws {
        let properties = [
            "value.converter": "io.confluent.connect.avro.AvroConverter", "field.name.adjustment.mode": "avro_unicode",
        ]
        #expect(try columns(properties, .v36) == "_ud0a4,a_u0020b,_u0031x")
    }
}
