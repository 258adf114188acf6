import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct ExtractChangedRecordStateTests {
    @Test func recordsEqualDebeziums() throws { try TransformCases("debezium-3.6/extract-changed-record-state").compare() }

    @Test func everyOptionIsConsumed() {
        let unused = OptionConsumption.unused(
            of: ExtractChangedRecordState.options, into: ExtractChangedRecordState.Settings())
        #expect(unused == [])
    }

    /// `Double.equals` distinguishes the two zeros.
    @Test func zerosOfDifferentSignDiffer() throws {
        let row = Schema(.structure, isOptional: true, fields: [.init("d", Schema(.float64))])
        let schema = Schema(.structure, name: "t.Envelope", fields: [.init("before", row), .init("after", row)])
        func value(_ number: Double) -> ConnectValue { .structure(Struct(schema: row, values: [.float64(number)])) }
        let transform = try ExtractChangedRecordState(["header.changed.name": "c"])
        var record = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: schema,
            value: .structure(Struct(schema: schema, values: [value(0.0), value(-0.0)])))
        _ = try transform.apply(&record)
        #expect(record.headers.map(\.value) == [.array([.string("d")])])
    }

    /// It would be a tombstone, which gets the headers of the delete before it.
    @Test func valueThatMayBeNullIsRead() throws {
        let transform = try ExtractChangedRecordState(["header.changed.name": "c"])
        var shape = RecordShape(
            topic: "t", keySchema: nil, key: .null, valueSchema: Schema(.string, isOptional: true), value: .input(0),
            headers: [])
        guard case .dependsOnValues = try transform.apply(to: &shape) else { throw DataError("the value is not read") }
    }
}
