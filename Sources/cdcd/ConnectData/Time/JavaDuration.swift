/// The text form of `java.time.Duration`: `PnDTnHnMn.nS` (ISO 8601), for example `PT1H30M`.
package enum JavaDuration {
    /// The duration in milliseconds, fractions of one cut off; nil if the text is no duration, or one beyond the range
    /// of milliseconds.
    package static func milliseconds(_ text: some StringProtocol) -> Int64? {
        var rest = text.uppercased()[...]
        let isNegative = takeSign(&rest)
        guard rest.popFirst() == "P" else { return nil }
        var total: Int64? = 0
        var (hasPart, isTime) = (false, false)
        func add(_ number: Int64, _ unitMilliseconds: Int64) {
            let (product, overflows) = number.multipliedReportingOverflow(by: unitMilliseconds)
            guard let sum = total, !overflows else { return total = nil }
            let (next, exceeds) = sum.addingReportingOverflow(product)
            total = exceeds ? nil : next
        }
        var units: [(Character, Int64)] = [("D", 86_400_000)]
        while !rest.isEmpty {
            if rest.first == "T" {
                if isTime { return nil }
                isTime = true
                rest.removeFirst()
                units = [("H", 3_600_000), ("M", 60_000), ("S", 1000)]
                // Java requires a part after it.
                if rest.isEmpty { return nil }
            }
            let isNegativePart = takeSign(&rest)
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let number = Int64(digits) else { return nil }
            var fraction: Int64 = 0
            let hasFraction = rest.first == "." || rest.first == ","
            if hasFraction {
                let decimals = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                guard decimals.count <= 9 else { return nil }
                rest = rest.dropFirst(1 + decimals.count)
                fraction = Int64((decimals + "000").prefix(3)) ?? 0
            }
            guard let unit = rest.popFirst(), let index = units.firstIndex(where: { $0.0 == unit }),
                !hasFraction || unit == "S"
            else { return nil }
            add(isNegativePart ? -number : number, units[index].1)
            add(isNegativePart ? -fraction : fraction, 1)
            units.removeFirst(index + 1)
            hasPart = true
        }
        guard hasPart, let total else { return nil }
        return isNegative ? -total : total
    }

    private static func takeSign(_ text: inout Substring) -> Bool {
        guard text.first == "-" || text.first == "+" else { return false }
        return text.removeFirst() == "-"
    }
}
