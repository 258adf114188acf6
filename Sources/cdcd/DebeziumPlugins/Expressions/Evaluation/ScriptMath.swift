import Foundation

/// Functions on numbers that both languages have.
enum ScriptMath {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}

/// Searches in texts by UTF-16 code units, as Java and JavaScript do.
enum TextSearch {
    /// The first index from `start` on; nil if there is none.
    static func first(_ wanted: [UInt16], in units: [UInt16], from start: Int = 0) -> Int? {
        let start = max(0, start)
        guard units.count >= wanted.count, start <= units.count - wanted.count else { return nil }
        return (start...(units.count - wanted.count)).first { isMatch(wanted, units, $0) }
    }

    /// The last index up to `end`; nil if there is none.
    static func last(_ wanted: [UInt16], in units: [UInt16], upTo end: Int = .max) -> Int? {
        guard units.count >= wanted.count, end >= 0 else { return nil }
        return (0...min(end, units.count - wanted.count)).last { isMatch(wanted, units, $0) }
    }

    private static func isMatch(_ wanted: [UInt16], _ units: [UInt16], _ index: Int) -> Bool {
        wanted.indices.allSatisfy { units[index + $0] == wanted[$0] }
    }

    /// The text with every occurrence replaced.
    static func replacing(
        _ wanted: String, in text: String, with replacement: String, limit: Int = .max
    ) throws(ExpressionError) -> String {
        let (wanted, units, replacement) = (Array(wanted.utf16), Array(text.utf16), Array(replacement.utf16))
        var result: [UInt16] = []
        var position = 0
        var count = 0
        while count < limit, let index = first(wanted, in: units, from: position) {
            result += units[position..<index]
            result += replacement
            count += 1
            guard result.count <= ExpressionLimits.textBytes else {
                throw ExpressionError("A text is longer than \(ExpressionLimits.textBytes) bytes")
            }
            position = index + wanted.count
            if wanted.isEmpty {
                guard index < units.count else { break }
                result.append(units[index])
                position = index + 1
            }
        }
        if position < units.count { result += units[position...] }
        return String(utf16CodeUnits: result)
    }
}
