import ConnectData
import Testing

@testable import DebeziumPlugins

/// The answers of `io.debezium.schema.SchemaNameAdjuster` (3.6) and `io.debezium.util.SchemaNameAdjuster` (1.9).
@Suite struct NameAdjustmentTests {
    private static let names = ["1a.2b-c", "_a", "é한.x", "-1", "9", "a..b"]

    @Test(arguments: [
        (NameAdjustment.avro, true, ["_1a.2b_c", "_a", "__.x", "_1", "_9", "a..b"]),
        (.avro, false, ["_a.2b_c", "_a", "__.x", "_1", "_", "a..b"]),
        (.avroUnicode, true, ["_u0031a.2b_u002dc", "_u005fa", "_u00e9_ud55c.x", "_u002d1", "_u0039", "a..b"]),
        (.none, true, names),
    ])
    func schemaNamesAreAdjusted(_ mode: NameAdjustment, keepsFirstDigit: Bool, _ adjusted: [String]) {
        #expect(Self.names.map { mode.adjustedName($0, keepsFirstDigit: keepsFirstDigit) } == adjusted)
    }
}
