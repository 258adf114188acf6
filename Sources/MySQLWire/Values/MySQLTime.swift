/// A TIME: a duration of up to 838 hours, positive or negative.
public struct MySQLTime: Hashable, Sendable, CustomStringConvertible {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// As the server prints it, for example `-12:30:00.5`; the fraction without trailing zeros.
    public var description: String {
        let total = microseconds.magnitude
        let seconds = total / 1_000_000
        let clock = ClockText.text(
            hour: Int(seconds / 3600), minute: Int(seconds / 60 % 60), second: Int(seconds % 60),
            microsecond: Int(total % 1_000_000))
        return (microseconds < 0 ? "-" : "") + clock
    }
}
