import ConnectData
import Testing

@testable import MySQLSource

/// Texts that no server takes as a default, but that a history may hold: they give no default and end nothing.
@Suite struct SchemaDefaultTests {
    private func value(_ typeName: String, _ text: String, _ kind: ValueKind) -> ConnectValue? {
        let column = ColumnDefinition(
            name: "c", typeName: typeName, jdbcType: 4, hasDefaultValue: true, defaultValueExpression: text)
        return SchemaDefault(options: ValueOptions(), profile: .v36).value(of: column, kind)
    }

    @Test(arguments: ["1e300", "-1e300", "nan", "inf", "never"])
    func aYearBeyondAllYearsIsNone(_ text: String) {
        #expect(value("YEAR", text, .year) == nil)
    }

    @Test func aYearMayBeShort() {
        #expect(value("YEAR", "2022", .year) == .integer(2022))
        #expect(value("YEAR", "22", .year) == .integer(2022))
    }

    @Test func aTimeBeyondWhatNanosecondsHoldIsNone() {
        #expect(value("TIME", "999999999:00:00", .time(.nanoseconds)) == nil)
        #expect(value("TIME", "838:59:59", .time(.nanoseconds)) == .integer(3_020_399_000_000_000))
    }
}
