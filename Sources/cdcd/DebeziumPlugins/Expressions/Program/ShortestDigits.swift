/// The shortest decimal digits that identify a `Double`.
enum ShortestDigits {
    /// - Parameter value: finite and above zero.
    /// - Returns: the digits without zeros at either end; the value is 0.DIGITS × 10^pointExponent.
    static func of(_ value: Double) -> (digits: String, pointExponent: Int) {
        let parts = value.description.split(separator: "e")
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits = ""
        var hasPoint = false
        for character in parts[0] {
            if character == "." {
                hasPoint = true
                continue
            }
            digits.append(character)
            if !hasPoint { exponent += 1 }
        }
        while digits.hasPrefix("0"), digits.utf8.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.utf8.count > 1 { digits.removeLast() }
        return (digits, exponent)
    }
}
