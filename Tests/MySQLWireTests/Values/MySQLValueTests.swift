import Testing
import WireCore

@testable import MySQLWire

@Suite struct MySQLValueTests {
    private static func value(_ type: ColumnType, _ text: String, flags: UInt16 = 0, collation: UInt16 = 45)
        throws(WireError) -> MySQLValue {
        let column = MySQLColumn(name: "c", type: type.rawValue, flags: flags, collation: collation)
        let result = Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(WireError) in try TextValue.decode(bytes, column) }
        }
        return try result.get()
    }

    @Test(arguments: [
        (ColumnType.long, "-5", MySQLValue.int(-5)), (.float, "1.5", .double(1.5)), (.newDecimal, "1.50", .decimal("1.50")),
        (.date, "2020-02-29", .date(MySQLDate(year: 2020, month: 2, day: 29))),
        (.date, "0000-00-00", .date(MySQLDate(year: 0, month: 0, day: 0))),
        (.time, "-838:59:59.5", .time(MySQLTime(microseconds: -3_020_399_500_000))),
        (.json, #"{"a": 1}"#, .json(#"{"a": 1}"#)), (.varString, "ü", .text("ü")), (.bit, "\u{1}\u{2}", .uint(258)),
        (.year, "2020", .int(2020)),
    ])
    func textIsDecodedByTheColumnsType(type: ColumnType, text: String, expected: MySQLValue) throws {
        #expect(try Self.value(type, text) == expected)
    }

    @Test func unsignedAndBinaryColumnsAreDistinguished() throws {
        #expect(try Self.value(.longLong, "18446744073709551615", flags: 0x20) == .uint(.max))
        #expect(try Self.value(.blob, "ab", collation: 63) == .bytes([0x61, 0x62]))
    }

    @Test(arguments: [(ColumnType.long, "x"), (.longLong, "9223372036854775808"), (.date, "2020"), (.time, "1:2")])
    func textInvalidForTheTypeThrows(type: ColumnType, text: String) {
        #expect(throws: WireError.self) { try Self.value(type, text) }
    }

    @Test func onlyExactConversionsSucceed() {
        #expect(Int(MySQLValue.uint(7)) == 7 && Int(MySQLValue.uint(.max)) == nil && UInt64(MySQLValue.int(-1)) == nil)
        #expect(Double(MySQLValue.int(1 << 53)) == 9_007_199_254_740_992)
        #expect(Double(MySQLValue.int((1 << 53) + 1)) == nil)
        #expect(String(MySQLValue.null) == nil && String?(MySQLValue.null) == .some(nil))
        #expect(String(MySQLValue.decimal("1.50")) == "1.50" && String(MySQLValue.bytes([0xFF])) == nil)
        #expect(Int?(MySQLValue.text("1")) == nil)
    }

    @Test(arguments: [
        ("\(MySQLTime(microseconds: -45_000_500_000))", "-12:30:00.5"), ("\(MySQLTime(microseconds: 0))", "00:00:00"),
        ("\(MySQLDateTime(date: MySQLDate(year: 20, month: 1, day: 2), hour: 3, microsecond: 7))",
         "0020-01-02 03:00:00.000007"),
        ("\(MySQLValue.bytes([0, 255]))", "0x00ff"),
        ("\(MySQLValue.timestamp(microseconds: 1_500_000))", "1970-01-01 00:00:01.5 UTC"),
    ])
    func descriptionsUseTheServersNotation(text: String, expected: String) { #expect(text == expected) }

    @Test func jsonIsWrittenAsTheServerPrintsIt() {
        var writer = JSONTextWriter()
        writer.beginObject()
        Array("a\"\u{1}".utf8).withUnsafeBytes { writer.name(RawSpan(_unsafeBytes: $0)) }
        writer.beginArray()
        writer.double(1.5)
        writer.separator()
        writer.decimal(isNegative: true, digits: [1, 2], scale: 1)
        writer.separator()
        writer.opaque([1, 2, 3, 4], type: 252)
        writer.endArray()
        writer.endObject()
        #expect(writer.text == #"{"a\"\u0001": [1.5, -1.2, "base64:type252:AQIDBA=="]}"#)
    }
}
