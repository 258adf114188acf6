import WireCore

/// Connect's `Date`, `Time` and `Timestamp` as texts in ISO 8601 (UTC), parsed as leniently as Java's
/// `SimpleDateFormat`: fields may have other widths and values as long as the whole has the length of the format.
enum TemporalLiteral {
    private static let dayMilliseconds = 86_400_000

    static func parse(_ text: String) -> SchemaAndValue? {
        let bytes = Array(text.replacing("\\:", with: ":").utf8)
        let (date, time) = (["-", "-"], [":", ":", "."])
        switch bytes.count {
        case 10:
            guard let fields = fields(bytes, date), let days = days(fields) else { return nil }
            return SchemaAndValue(schema(.int32, .date), .integer(Int64(days)))
        case 13:
            guard let fields = fields(bytes, time + ["Z"]) else { return nil }
            return SchemaAndValue(schema(.int32, .time), .integer(Int64(milliseconds(fields[...]))))
        case 24:
            guard let fields = fields(bytes, date + ["T"] + time + ["Z"]), let days = days(fields) else { return nil }
            return SchemaAndValue(
                schema(.int64, .timestamp), .integer(Int64(days * dayMilliseconds + milliseconds(fields[3...]))))
        default: return nil
        }
    }

    private static func schema(_ type: SchemaType, _ logical: LogicalType) -> Schema {
        Schema(type, name: logical.rawValue, version: 1)
    }

    /// Numbers, each followed by its separator; after the last separator of a date there is one more number.
    private static func fields(_ bytes: [UInt8], _ separators: [String]) -> [Int]? {
        var fields: [Int] = []
        var index = 0
        func number() -> Int? {
            while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
            let start = index
            while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
            guard index > start, index - start <= 9 else { return nil }
            return Int(String(decoding: bytes[start..<index], as: UTF8.self))
        }
        for separator in separators {
            guard let field = number(), index < bytes.count, bytes[index] == separator.utf8.first else { return nil }
            fields.append(field)
            index += 1
        }
        guard separators.last != "Z" else { return fields }
        guard let last = number() else { return nil }
        return fields + [last]
    }

    private static func milliseconds(_ time: ArraySlice<Int>) -> Int {
        let fields = Array(time)
        return ((fields[0] * 60 + fields[1]) * 60 + fields[2]) * 1000 + fields[3]
    }

    /// Days since the epoch, in the Julian calendar before 15 October 1582.
    private static func days(_ date: [Int]) -> Int? {
        let months = date[0] * 12 + date[1] - 1
        let (year, month) = (months / 12, months % 12 + 1)
        guard months >= 0 else { return nil }
        let gregorian = Int(CivilDate.daysSinceEpoch(year: Int64(year), month: Int64(month), day: 1)) + date[2] - 1
        if gregorian >= -141_427 { return gregorian }
        let shift = (14 - month) / 12
        let (y, m) = (year + 4800 - shift, month + 12 * shift - 3)
        return date[2] + (153 * m + 2) / 5 + 365 * y + y / 4 - 32_083 - 2_440_588
    }
}
