import WireCore

/// The two forms of times in AWS's APIs.
enum AWSTime {
    /// The form of signatures: `20261129T010203Z`.
    static func basic(_ time: WallTime) -> String {
        func padded(_ number: Int64, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        let (days, seconds) = time.seconds.quotientAndRemainder(dividingBy: 86_400)
        let date = CivilDate.from(daysSinceEpoch: days)
        return padded(date.year, 4) + padded(date.month, 2) + padded(date.day, 2) + "T" + padded(seconds / 3600, 2)
            + padded(seconds / 60 % 60, 2) + padded(seconds % 60, 2) + "Z"
    }

    /// Milliseconds since the epoch of a time such as `2026-11-29T01:02:03Z`, whose fraction is ignored; nil for any
    /// other text.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[19] == UInt8(ascii: ".") || bytes.count == 20
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            let digits = bytes[range]
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        guard marks.allSatisfy({ place, mark in bytes[place] == mark.utf8.first }) else { return nil }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
        return (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000
    }
}
