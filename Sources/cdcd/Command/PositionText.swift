import Foundation
import KafkaWire
import WireCore

/// A position in each partition of a topic, as the options `--from`, `--until`, `--to` and `--before` have it.
enum PositionText: Equatable {
    case beginning
    case end
    case offset(Int64)
    /// A number of records before the end.
    case beforeEnd(Int64)
    /// The first record at or after a time, in milliseconds since 1970.
    case time(Int64)

    static let forms = "beginning, end, OFFSET, -COUNT or @TIME"

    /// - Parameter now: the current time in milliseconds since 1970.
    /// - Returns: nil if the text has none of the forms.
    init?(_ text: String, now: Int64 = WallTime.now.epochMilliseconds) {
        switch text {
        case "beginning", "start": self = .beginning
        case "end": self = .end
        default:
            if let time = text.dropping(prefix: "@") {
                guard let time = Self.time(time, now: now) else { return nil }
                self = .time(time)
            } else if let count = text.dropping(prefix: "-") {
                guard let count = Int64(count), count >= 0 else { return nil }
                self = .beforeEnd(count)
            } else {
                guard let offset = Int64(text), offset >= 0 else { return nil }
                self = .offset(offset)
            }
        }
    }

    private static let unitMilliseconds: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

    /// Milliseconds since 1970, a time in ISO 8601 (UTC if it has no zone), or a time before now as `-15m`.
    private static func time(_ text: String, now: Int64) -> Int64? {
        if let age = text.dropping(prefix: "-") {
            guard let unit = age.last.flatMap({ unitMilliseconds[$0] }), let count = Int64(age.dropLast()), count >= 0
            else { return nil }
            let (duration, overflow) = count.multipliedReportingOverflow(by: unit)
            return overflow ? nil : max(0, now - duration)
        }
        if let milliseconds = Int64(text) { return milliseconds >= 0 ? milliseconds : nil }
        let day = Date.ISO8601FormatStyle().year().month().day()
        let seconds = Date.ISO8601FormatStyle()
        let fraction = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for candidate in [text, text + "Z"] {
            for style in [seconds, fraction] {
                if let date = try? Date(candidate, strategy: style) { return milliseconds(date) }
            }
        }
        return text.utf8.count == 10 ? (try? Date(text, strategy: day)).flatMap(milliseconds) : nil
    }

    private static func milliseconds(_ date: Date) -> Int64? {
        Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded())
    }
}
