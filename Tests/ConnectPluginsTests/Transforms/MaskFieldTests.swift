import ConnectData
import PluginTestSupport
import Testing

@Suite struct MaskFieldTests {
    private func masked(_ replacement: String?) throws -> ConnectValue? {
        var configuration = [
            "transforms": "m", "transforms.m.type": "org.apache.kafka.connect.transforms.MaskField$Value",
            "transforms.m.fields": "amount",
        ]
        configuration["transforms.m.replacement"] = replacement
        let chain = try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
        let decimal = Schema(
            .bytes, name: LogicalType.decimal.rawValue, version: 1, parameters: [.init("scale", "2")])
        let schema = Schema(.structure, fields: [.init("amount", decimal)])
        var record = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: schema,
            value: .structure(Struct(schema: schema, values: [.bytes([0x30, 0x39])])))
        #expect(try chain.apply(&record))
        return record.value.structValue?["amount"]
    }

    /// In Java they have the replacement's scale, or none, which converters refuse.
    @Test func decimalsGetTheScaleOfTheirSchema() throws {
        #expect(try masked(nil) == .bytes([0]))
        #expect(try masked("7") == .bytes([0x02, 0xBC]))
        #expect(try masked("7.250") == .bytes([0x02, 0xD5]))
        let message = "Decimal value has mismatching scale for given Decimal schema. value has scale 3, schema has scale 2"
        #expect(throws: DataError(message)) { try masked("7.251") }
    }
}
