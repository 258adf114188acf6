extension FSEDistribution {
    /// The distribution that is nearest to the frequencies of symbols.
    ///
    /// - Precondition: the sum of `frequencies` is at least 2, and two symbols at least occur.
    init(frequencies: [UInt32], tableLogMax: Int) {
        let used = frequencies.lastIndex { $0 > 0 }.map { Array(frequencies[...$0]) } ?? []
        let total = used.reduce(0) { $0 + Int($1) }
        func log2(_ number: Int) -> Int { Int.bitWidth - 1 - max(number, 1).leadingZeroBitCount }
        // Enough states for each symbol; no more than the number of symbols justifies.
        let enough = min(log2(total) + 1, log2(used.count - 1) + 2)
        tableLog = max(min(max(min(tableLogMax, log2(total - 1) - 2), enough), tableLogMax), Self.tableLogMin)
        let size = 1 << tableLog
        counts = used.map { frequency in
            frequency == 0 ? 0 : Int16(max(1, (Int(frequency) * size + total / 2) / total))
        }
        var excess = counts.reduce(-size) { $0 + Int($1) }
        while excess != 0 {
            // The most frequent symbols lose or gain the least by another state.
            guard let largest = counts.indices.max(by: { counts[$0] < counts[$1] }) else { break }
            let change = excess > 0 ? min(excess, max(1, Int(counts[largest]) / 4)) : excess
            counts[largest] -= Int16(change)
            excess -= change
        }
    }

    /// Appends the description that `init(reading:)` reads.
    func write(into writer: inout ByteWriter) {
        var container = UInt64(tableLog - Self.tableLogMin)
        var bitCount = 4
        func append(_ bits: Int, _ count: Int) {
            container |= UInt64(bits) << UInt64(bitCount)
            bitCount += count
            while bitCount >= 8 {
                writer.byte(UInt8(truncatingIfNeeded: container))
                container >>= 8
                bitCount -= 8
            }
        }
        var remaining = 1 << tableLog
        var symbol = 0
        while remaining > 0 {
            let count = Int(counts[symbol])
            symbol += 1
            let bits = Int.bitWidth - (remaining + 1).leadingZeroBitCount
            let shortMask = 1 << (bits - 1) - 1
            let shortCount = 1 << bits - 1 - (remaining + 1)
            let number = count + 1
            if number < shortCount {
                append(number, bits - 1)
            } else {
                append(number > shortMask ? number + shortCount : number, bits)
            }
            remaining -= abs(count)
            guard count == 0 else { continue }
            var zeros = 0
            while counts[symbol] == 0 {
                symbol += 1
                zeros += 1
            }
            for _ in 0..<zeros / 3 { append(3, 2) }
            append(zeros % 3, 2)
        }
        if bitCount > 0 { writer.byte(UInt8(truncatingIfNeeded: container)) }
    }

    /// The size in 1/256 bits of symbols that occur as often, nil if one of them has no state.
    func cost(of frequencies: [UInt32]) -> Int? {
        var sum = 0
        for (symbol, frequency) in frequencies.enumerated() where frequency > 0 {
            guard symbol < counts.count, counts[symbol] != 0 else { return nil }
            sum += Int(frequency) * (tableLog << 8 - Self.log2(Int(max(1, counts[symbol]))))
        }
        return sum
    }

    /// The binary logarithm of a positive number below 2^16, in 1/256.
    private static func log2(_ number: Int) -> Int {
        let whole = Int.bitWidth - 1 - number.leadingZeroBitCount
        // The number's mantissa, 1 to 2 in 1/2^16. A square of 2 or more is another bit.
        var mantissa = number << (16 - whole)
        var fraction = 0
        for _ in 0..<8 {
            mantissa = mantissa * mantissa >> 16
            fraction <<= 1
            if mantissa >= 2 << 16 {
                mantissa >>= 1
                fraction |= 1
            }
        }
        return whole << 8 | fraction
    }
}
