import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct EnforceRecordSizeTests {
    /// With offsets as the connector has them.
    @Test func recordsEqualDebeziums() throws { try TransformCases("debezium-3.6/enforce-record-size").compare() }

    /// `ClassCastException` in Debezium.
    @Test func numbersAndBitsAreNotShortened() throws {
        let bytes = ConnectValue.bytes(Array(repeating: 1, count: 100))
        for name in ["org.apache.kafka.connect.data.Decimal", "io.debezium.data.Bits"] {
            let row = Schema(
                .structure, isOptional: true,
                fields: [.init("n", Schema(.bytes, name: name)), .init("b", Schema(.bytes))])
            #expect(try shortened([bytes, bytes], row) == [bytes, .bytes([])])
        }
    }

    /// Java keeps half of it.
    @Test func characterIsNotHalved() throws {
        let row = Schema(.structure, isOptional: true, fields: [.init("t", Schema(.string))])
        let text = String(repeating: "😀", count: 200)
        let texts = try (1700...1701).map { try shortened([.string(text)], row, ["max.bytes": "\($0)"])[0].stringValue }
        // The estimate is 1793, so that 307 and 308 of 400 UTF-16 units remain.
        #expect(texts == [153, 154].map { String(repeating: "😀", count: $0) })
    }

    private func shortened(
        _ values: ContiguousArray<ConnectValue>, _ row: Schema, _ options: [String: String] = ["max.bytes": "1"]
    ) throws -> ContiguousArray<ConnectValue> {
        let schema = Schema(.structure, name: "t.Envelope", fields: [.init("after", row)])
        let transform = try EnforceRecordSize(options.merging(["min.field.size": "0"]) { first, _ in first })
        var record = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: schema,
            value: .structure(Struct(schema: schema, values: [.structure(Struct(schema: row, values: values))])),
            sourceEntryCount: 8)
        #expect(try transform.apply(&record))
        let after = try #require(record.value.structValue?["after"]?.structValue)
        return after.values
    }
}
