/// A time of day as text.
enum ClockText {
    static func text(hour: Int, minute: Int, second: Int, microsecond: Int) -> String {
        let clock = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        guard microsecond > 0 else { return clock }
        var fraction = padded(microsecond, 6)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return clock + "." + fraction
    }

    static func padded(_ value: Int, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
