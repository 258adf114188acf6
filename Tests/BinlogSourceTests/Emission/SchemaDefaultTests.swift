import ConnectData
import DebeziumPlugins
import Testing

@testable import BinlogSource

/// Default values as Debezium's own converters parse them; and texts that no server accepts as a default, but that a
/// history may contain: they give no default and no error.
@Suite struct SchemaDefaultTests {
    private let text = ValueKind.uuid

    private func value(
        _ typeName: String, _ text: String, _ kind: ValueKind, isOptional: Bool = true,
        profile: DebeziumProfile = .v36
    ) -> ConnectValue? {
        let column = ColumnDefinition(
            name: "c", typeName: typeName, jdbcType: 4, isOptional: isOptional, hasDefaultValue: true,
            defaultValueExpression: text)
        return SchemaDefault(options: ValueOptions(), profile: profile).value(of: column, kind)
    }

    @Test(arguments: [
        (" 7 ", 7), ("\t7", 7), ("+7", 7), ("-7", -7), ("1e2", 100), ("2.5", 3), ("-2.5", -2), (".5", 1), ("TRUE", 1),
        ("false", 0), ("_utf8mb4'7'", 7), ("9007199254740993", 9_007_199_254_740_992), ("4", 4),
    ])
    func numbersAreReadInEverySpelling(_ text: String, _ number: Int64) {
        #expect(value("BIGINT", text, .integer(.int64, isUnsigned: false)) == .integer(number))
    }

    @Test func trueAndFalseAreNumbers() {
        #expect(value("DECIMAL", "TRUE", .decimal(.precise, precision: 5, scale: 2)) == .bytes([100]))
        #expect(value("FLOAT", "true", .float32) == .float32(1))
        #expect(value("DOUBLE", "FALSE", .float64(isSingle: false)) == .float64(0))
        #expect(value("BIT", "TRUE", .bit) == .boolean(true))
        #expect(value("BOOL", "TRUE", .boolean) == .boolean(true))
        #expect(value("BOOL", "1.5", .boolean) == .boolean(false))
        #expect(value("VARCHAR", "TRUE", text) == .string("TRUE"))
        #expect(value("BIT", "TRUE", .bits(length: 8)) == nil)
    }

    @Test func bitsAreReadAsBinaryDigits() {
        #expect(value("BIT", "101", .bits(length: 3)) == .bytes([5]))
        #expect(value("BIT", "1000000000000001", .bits(length: 16)) == .bytes([1, 128]))
        #expect(value("BIT", "", .bits(length: 16)) == .bytes([0, 0]))
        #expect(value("BIT", "12", .bits(length: 16)) == nil)
    }

    @Test(arguments: [
        ("08:00", 28_800), ("8:0", 28_800), (" 08:00:00 ", 28_800), ("-08:30", -30_600), ("838:59:59", 3_020_399),
        ("2020-01-05 10:11:12", 36_672), ("08:00:00.", 28_800), ("-00:30:00", -1800),
    ])
    func timesWithMissingPartsAreRead(_ text: String, _ seconds: Int64) {
        #expect(value("TIME", text, .time(.microseconds)) == .integer(seconds * 1_000_000))
    }

    @Test(arguments: ["80000", "8", "1 10:11:12", "10", "TIME'08:00'"])
    func timesWithoutColonsGiveNoDefault(_ text: String) {
        #expect(value("TIME", text, .time(.microseconds), isOptional: false) == nil)
    }

    @Test func shortNegativeTimeLosesItsSignInVersion19() {
        #expect(value("TIME", "-00:30:00", .time(.microseconds), profile: .v19) == .integer(1_800_000_000))
        #expect(value("TIME", "-01:30:00", .time(.microseconds), profile: .v19) == .integer(-5_400_000_000))
    }

    @Test(arguments: [
        ("2020-01-05", 18266), ("2020-01-05 10:11:12", 18266), (" 2020-01-05 ", 18266), ("2020-02-30", 18321),
        ("2020-1-5", nil), ("20200105", nil), ("2020/01/05", nil), ("0000-00-00", nil), ("2020-00-05", nil), ("0", nil),
    ] as [(String, Int64?)])
    func onlyCompleteDatesAreRead(_ text: String, _ day: Int64?) {
        #expect(value("DATE", text, .date(.days)) == day.map { .integer($0) })
        // A column that is NOT NULL always has a default.
        #expect(value("DATE", text, .date(.days), isOptional: false) == .integer(day ?? 0))
    }

    @Test(arguments: [
        ("2020-01-05 10:11:12 ", 1_578_219_072_000), ("2020-01-05", 1_578_182_400_000),
        ("2020-01-05 10:11", 1_578_219_060_000), ("2020-01-05 10:11:12.1234567", 1_578_219_072_123),
        ("2020-01-05 10", nil), ("2020-01-05T10:11:12", nil), ("20200105101112", nil), ("0000-00-00 00:00:00", nil),
        ("0000-00-00", nil), ("2020-01-00 10:00:00", nil),
    ] as [(String, Int64?)])
    func dateTimesWithMissingPartsAreRead(_ text: String, _ milliseconds: Int64?) {
        let kind = ValueKind.dateTime(.milliseconds)
        #expect(value("DATETIME", text, kind) == milliseconds.map { .integer($0) })
        #expect(value("DATETIME", text, kind, isOptional: false) == .integer(milliseconds ?? 0))
    }

    @Test(arguments: [
        ("2020-01-05 10:11:12 ", "2020-01-05T10:11:12Z"), ("2020/01/05 10:11:12", "2020-01-05T10:11:12Z"),
        ("2020-1-5T10.11", "2020-01-05T10:11:00Z"), ("2020-01-05 10", "2020-01-05T10:00:00Z"),
        ("2020-01-05 10:11:12.5", "2020-01-05T10:11:12.5Z"),
        // A year of two digits is one of the Julian calendar.
        ("20-01-05 10:11:12", "2020-01-03T10:11:12Z"),
        ("20200105101112", nil), ("0000-00-00", nil), ("2020-01-00", nil), ("2020-01-05 10:11:12+02:00", nil),
        ("10000-01-05 10:11:12", nil), ("999999999-12-31 10:11:12", nil),
    ] as [(String, String?)])
    func timestampsAcceptAnySeparator(_ text: String, _ expected: String?) {
        for isOptional in [true, false] {
            let found = value("TIMESTAMP", text, .timestamp(digits: 0), isOptional: isOptional)
            #expect(found == expected.map { .string($0) })
        }
    }

    @Test(arguments: ["0", "0000-00-00 00:00:00", "2020-00-00 00:00:00.000", "1970-01-01 00:00:00"])
    func zeroTimestampIsTheEpochIfRequiredAndNoneIfOptional(_ text: String) {
        #expect(value("TIMESTAMP", text, .timestamp(digits: 3)) == nil)
        let found = value("TIMESTAMP", text, .timestamp(digits: 3), isOptional: false)
        #expect(found == .string("1970-01-01T00:00:00Z"))
    }

    @Test func textDefaultsKeepBlanksAndLoseIntroducers() {
        #expect(value("VARCHAR", " x ", text) == .string(" x "))
        #expect(value("VARCHAR", "_latin1'x'", text) == .string("x"))
        #expect(value("VARCHAR", "_latin1 x", text) == .string("_latin1 x"))
        #expect(value("VARCHAR", "_'x'", text) == .string("_'x'"))
    }

    @Test(arguments: ["1e300", "-1e300", "nan", "inf", "never"])
    func yearOutOfRangeGivesNoDefault(_ text: String) {
        #expect(value("YEAR", text, .year) == nil)
    }

    @Test func twoDigitYearsAreRead() {
        #expect(value("YEAR", "2022", .year) == .integer(2022))
        #expect(value("YEAR", " 2022 ", .year) == .integer(2022))
        #expect(value("YEAR", "1.5", .year) == nil)
        #expect(value("YEAR", "22", .year) == .integer(2022))
    }

    @Test func timeThatOverflowsNanosecondsGivesNoDefault() {
        #expect(value("TIME", "999999999:00:00", .time(.nanoseconds)) == nil)
        #expect(value("TIME", "838:59:59", .time(.nanoseconds)) == .integer(3_020_399_000_000_000))
    }
}
