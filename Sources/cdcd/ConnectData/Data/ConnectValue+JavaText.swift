import WireCore

extension ConnectValue {
    /// What `String.valueOf` gives for the value in Java, for messages and for converters to text.
    ///
    /// Java shows an address for an array of bytes, which has no counterpart: it is `[B`.
    package func javaText(_ schema: Schema?) -> String {
        switch self {
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): Self.dateText(number, schema?.logicalType) ?? String(number)
        case .float32(let number): JavaNumber.text(number)
        case .float64(let number): JavaNumber.text(number)
        case .string(let text): text
        case .bytes(let bytes):
            schema?.logicalType == .decimal ? UnscaledDecimal.javaText(bytes, scale: schema?.decimalScale ?? 0) : "[B"
        case .array(let items): "[\(items.map { $0.javaText(schema?.valueSchema) }.joined(separator: ", "))]"
        case .map(let entries):
            "{"
                + entries.map { "\($0.key.javaText(schema?.keySchema))=\($0.value.javaText(schema?.valueSchema))" }
                .joined(separator: ", ") + "}"
        case .structure(let row):
            "Struct{"
                + zip(row.schema.fields, row.values).filter { !$1.isNull }
                .map { "\($0.name)=\($1.javaText($0.schema))" }.joined(separator: ",") + "}"
        case .instant(let milliseconds): Self.dateText(milliseconds)
        }
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    /// Connect's dates and times are `java.util.Date` in Java.
    private static func dateText(_ number: Int64, _ type: LogicalType?) -> String? {
        switch type {
        case .date:
            let (milliseconds, overflow) = number.multipliedReportingOverflow(by: dayMilliseconds)
            return overflow ? nil : dateText(milliseconds)
        case .time, .timestamp: return dateText(number)
        case .decimal, nil: return nil
        }
    }

    /// `Date.toString` in UTC: `Thu Jan 01 00:00:00 UTC 1970`.
    private static func dateText(_ milliseconds: Int64) -> String {
        func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
        let inDay = (milliseconds % dayMilliseconds + dayMilliseconds) % dayMilliseconds
        let days = (milliseconds - inDay) / dayMilliseconds
        let (year, month, day) = CivilDate.from(daysSinceEpoch: days)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int((days % 7 + 7) % 7)]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let seconds = inDay / 1000
        let time = "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
        return "\(weekday) \(months[Int(month) - 1]) \(padded(day)) \(time) UTC \(year)"
    }
}
