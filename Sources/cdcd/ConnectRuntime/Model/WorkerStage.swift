import WireCore

/// What the worker is doing, for requests that time out (`Stage` of Connect).
struct WorkerStage: Equatable, Sendable {
    let description: String
    let began: WallTime

    init(_ description: String, began: WallTime = .now) {
        self.description = description
        self.began = began
    }

    /// Connect's sentence, without the period.
    var summary: String { "The worker is currently \(description), which began at \(began.instantText)" }
}

extension WallTime {
    /// As `Instant.toString` of Java prints milliseconds: `2026-11-28T07:44:19.862Z`, `2026-11-28T07:44:19Z`.
    fileprivate var instantText: String {
        func digits(_ value: Int64, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let date = CivilDate.from(daysSinceEpoch: days)
        let milliseconds = nanoseconds / 1_000_000
        return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
            + "T\(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))"
            + (milliseconds == 0 ? "Z" : ".\(digits(milliseconds, 3))Z")
    }
}
