import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct TimezoneConverterTests {
    @Test(arguments: ["timezone-converter", "timezone-converter-times"])
    func recordsEqualDebeziums(cases: String) throws {
        try TransformCases("debezium-3.6/\(cases)").compare()
    }

    @Test func everyOptionIsConsumed() {
        let unused = OptionConsumption.unused(of: TimezoneConverter.options, into: TimezoneConverter.Settings())
        #expect(unused == [])
    }

    /// Rows without dates with times stay on the path of bytes.
    @Test func shapesWithoutTimesAreNotChanged() throws {
        let transform = try TimezoneConverter(["converted.timezone": "+01:00"])
        let source = Schema(.structure, fields: [.init("table", Schema(.string))])
        for (name, isChanged) in [("io.debezium.time.Timestamp", true), ("io.debezium.time.Date", false)] {
            let row = Schema(.structure, isOptional: true, fields: [.init("d", Schema(.int64, name: name))])
            let envelope = Schema(.structure, name: "t.Envelope", fields: [.init("after", row), .init("source", source)])
            var shape = RecordShape(
                topic: "t", keySchema: nil, key: .null, valueSchema: envelope,
                value: .structure([.structure([.input(0)]), .structure([.constant(.string("t"))])]), headers: [])
            let before = shape
            switch try transform.apply(to: &shape) {
            case .applied: #expect(!isChanged)
            case .dependsOnValues: #expect(isChanged)
            case .dropped: Issue.record("dropped")
            }
            #expect(shape == before)
        }
    }
}
