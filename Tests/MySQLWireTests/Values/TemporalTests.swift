import Testing
import WireTestSupport

@testable import MySQLWire

@Suite struct TemporalTests {
    private func text<T>(_ text: String, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        Array(text.utf8).withUnsafeBytes { body($0) }
    }

    @Test(arguments: [
        (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (1, 1, 1, -719_162), (9999, 12, 31, 2_932_896),
        (2024, 3, 1, 19_783), (1900, 3, 1, -25_508),
    ])
    func daysAreCountedInTheProlepticCalendar(year: Int, month: Int, day: Int, days: Int) {
        let date = MySQLDate(year: year, month: month, day: day)
        #expect(date.epochDays == days)
        #expect(MySQLDate(epochDays: days) == date)
    }

    @Test func everyDayOfEightCenturiesRoundTrips() {
        for days in -150_000..<150_000 { #expect(MySQLDate(epochDays: days).epochDays == days) }
    }

    @Test func timesBeforeTheEpochRoundTrip() {
        for microseconds: Int64 in [0, -1, -86_400_000_000, -86_400_000_001, 86_399_999_999, .min, .max] {
            let value = MySQLDateTime(epochMicroseconds: microseconds)
            #expect(value.microsecond >= 0 && value.hour >= 0)
            if abs(microseconds / 2) < 1 << 60 { #expect(value.epochMicroseconds == microseconds) }
        }
    }

    @Test func textProtocolValuesAreParsed() {
        #expect(text("2020-02-29 12:34:56.789", TextTemporal.dateTime)?.epochMicroseconds == 1_582_979_696_789_000)
        #expect(text("0000-00-00 00:00:00", TextTemporal.dateTime)?.date.isZeroOrPartial == true)
        #expect(text("-838:59:59.000001", TextTemporal.time) == -3_020_399_000_001)
        #expect(text("-00:00:00.5", TextTemporal.time) == -500_000)
        #expect(text("9999-12-31", TextTemporal.date) == MySQLDate(year: 9999, month: 12, day: 31))
    }

    @Test(arguments: [
        "", "2020", "2020-02", "2020-02-29x", "999999999-01-01", "2020-13-01", "2020-01-32", "2020-02-29 1", "-1-1-1",
        "2020-02-29 12:34:56.1234567", "9223372036854775807-1-1",
    ])
    func invalidTextsAreRefused(word: String) {
        #expect(text(word, TextTemporal.dateTime) == nil)
        #expect(text(word, TextTemporal.date) == nil)
        #expect(text(word, TextTemporal.time) == nil)
    }

    /// Decoding arbitrary bytes must not trap.
    @Test func arbitraryBytesNeverTrap() {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<20_000 {
            let bytes = (0..<8).map { _ in
                Bool.random(using: &generator) ? UInt8.random(in: .min ... .max, using: &generator) : 0xFF
            }
            bytes.withUnsafeBytes { bytes in
                func cell(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<count]) }
                _ = StoredTemporal.date(cell(3)).epochDays
                for count in 5...8 { _ = StoredTemporal.dateTime2(cell(count)).epochMicroseconds }
                _ = StoredTemporal.dateTime(cell(8)).epochMicroseconds
                for count in 4...7 { _ = StoredTemporal.timestamp2(cell(count)) }
                _ = StoredTemporal.timestamp(cell(4))
                for count in 3...6 { _ = StoredTemporal.time2(cell(count)) }
                _ = StoredTemporal.time(cell(3))
                for (precision, scale) in [(1, 0), (9, 9), (14, 4), (18, 9)] {
                    let count = PackedDecimal.storedBytes(precision: precision, scale: scale)
                    guard count <= 8 else { continue }
                    _ = PackedDecimal.unscaledInt64(cell(count), precision: precision, scale: scale)
                    _ = PackedDecimal.digits(cell(count), precision: precision, scale: scale)
                }
            }
        }
    }

    /// `7F3747E12E` is -12:34:56.7890 with three digits, from a real binlog.
    @Test func negativeTimesIncludeTheirFraction() {
        let cell: [UInt8] = [0x7F, 0x37, 0x47, 0xE1, 0x2E]
        #expect(cell.withUnsafeBytes { StoredTemporal.time2($0) } == -45_296_789_000)
    }
}
