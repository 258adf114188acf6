import ConnectData
import WireCore

/// What `TimezoneConverter` does to the values of one field.
enum TimezoneConversion {
    /// A text with an offset: the same instant in the zone.
    case zonedTimestamp, zonedTime
    /// A number of units: the local time is interpreted in the zone.
    case local(unitsPerSecond: Int64)
    /// A number of units: the zone's offset is added.
    case epoch(unitsPerSecond: Int64)

    /// - Parameter isSource: whether the field belongs to the source block.
    /// - Returns: nil if values of the field are not converted.
    init?(_ field: Schema.Field, isSource: Bool) {
        switch field.schema.name {
        case "io.debezium.time.ZonedTimestamp": self = .zonedTimestamp
        case "io.debezium.time.ZonedTime": self = .zonedTime
        case "io.debezium.time.Timestamp", LogicalType.timestamp.rawValue: self = .local(unitsPerSecond: 1000)
        case "io.debezium.time.MicroTimestamp": self = .local(unitsPerSecond: 1_000_000)
        case "io.debezium.time.NanoTimestamp": self = .local(unitsPerSecond: 1_000_000_000)
        case nil:
            guard isSource else { return nil }
            switch field.name {
            case "ts_ms": self = .epoch(unitsPerSecond: 1000)
            case "ts_us": self = .epoch(unitsPerSecond: 1_000_000)
            case "ts_ns": self = .epoch(unitsPerSecond: 1_000_000_000)
            default: return nil
            }
        default: return nil
        }
    }

    /// The types of dates and times that Debezium reports and does not convert.
    static let unsupported: Set<String> = [
        "io.debezium.time.Date", "io.debezium.time.MicroTime", "io.debezium.time.NanoTime", "io.debezium.time.Time",
        LogicalType.date.rawValue, LogicalType.time.rawValue,
    ]

    func convert(_ value: ConnectValue, _ zone: TimeZoneRules) throws(DataError) -> ConnectValue {
        switch (self, value) {
        case (.zonedTimestamp, .string(let text)):
            let time = try OffsetTime(text, hasDate: true)
            // Java reads the zone's rules at the local time of the text.
            return .string(time.with(offsetSeconds: Self.offset(zone, atLocal: time.localSeconds)).text)
        case (.zonedTime, .string(let text)):
            let offset = Int64(zone.offsetSeconds(at: WallTime.now.seconds))
            return .string(try OffsetTime(text, hasDate: false).with(offsetSeconds: offset).text)
        case (.local(let units), .integer(let number)):
            return .integer(number &- Self.offset(zone, atLocal: Self.seconds(number, units)) &* units)
        case (.epoch(let units), .integer(let number)):
            return .integer(number &+ Int64(zone.offsetSeconds(at: Self.seconds(number, units))) &* units)
        default: throw DataError("A date or time cannot be \(value.kindName)")
        }
    }

    /// Rounded down.
    private static func seconds(_ number: Int64, _ units: Int64) -> Int64 {
        number >= 0 ? number / units : -1 - (-1 - number) / units
    }

    /// The offset at a local time; before a change of the offset that skips or repeats it (`ZoneRules.getOffset`).
    private static func offset(_ zone: TimeZoneRules, atLocal seconds: Int64) -> Int64 {
        seconds &- zone.resolve(localSeconds: seconds).instant
    }
}
