/// A natural number of any size in base 2^32, least significant word first, without zeros at the end.
struct Natural: Comparable {
    private var words: [UInt32]

    /// `value` × 5^`fives` × 2^`twos`.
    init(_ value: UInt64, fives: Int = 0, twos: Int = 0) {
        words = Array(repeating: 0, count: twos / 32)
        words.append(UInt32(truncatingIfNeeded: value))
        words.append(UInt32(truncatingIfNeeded: value >> 32))
        trim()
        for _ in 0..<(fives / 13) { multiply(by: 1_220_703_125) }
        for _ in 0..<(fives % 13) { multiply(by: 5) }
        multiply(by: 1 << UInt32(twos % 32))
    }

    private mutating func trim() { while let last = words.last, last == 0 { words.removeLast() } }

    mutating func multiply(by factor: UInt32) {
        var carry: UInt64 = 0
        for index in words.indices {
            let product = UInt64(words[index]) * UInt64(factor) + carry
            words[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry > 0 { words.append(UInt32(carry)) }
    }

    mutating func add(_ other: Natural) {
        var carry: UInt64 = 0
        for index in 0..<max(words.count, other.words.count) {
            if index == words.count { words.append(0) }
            let sum = UInt64(words[index]) + (index < other.words.count ? UInt64(other.words[index]) : 0) + carry
            words[index] = UInt32(truncatingIfNeeded: sum)
            carry = sum >> 32
        }
        if carry > 0 { words.append(UInt32(carry)) }
    }

    /// - Precondition: `other` is not larger.
    mutating func subtract(_ other: Natural) {
        var borrow: Int64 = 0
        for index in words.indices {
            let right = index < other.words.count ? Int64(other.words[index]) : 0
            let difference = Int64(words[index]) - right - borrow
            words[index] = UInt32(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        precondition(borrow == 0, "the difference is negative")
        trim()
    }

    static func < (a: Natural, b: Natural) -> Bool {
        if a.words.count != b.words.count { return a.words.count < b.words.count }
        for index in a.words.indices.reversed() where a.words[index] != b.words[index] {
            return a.words[index] < b.words[index]
        }
        return false
    }
}
