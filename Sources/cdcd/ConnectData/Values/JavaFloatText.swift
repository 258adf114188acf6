/// A number in the grammar of Java's `Double.parseDouble` and `Float.parseFloat`.
package struct JavaFloatText {
    /// In Swift's grammar.
    private let text: String

    /// Returns nil if it is no number.
    package init?(_ source: String) {
        var text = JavaText.trim(source)
        let sign = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.removeFirst()) : ""
        if text == "NaN" || text == "Infinity" {
            self.text = sign + text
            return
        }
        // A type suffix is allowed.
        if let last = text.utf8.last, "fFdD".utf8.contains(last) { text.removeLast() }
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        let allowed = isHexadecimal ? "0123456789abcdefABCDEFxX.pP+-" : "0123456789.eE+-"
        guard text.utf8.allSatisfy(allowed.utf8.contains) else { return nil }
        if isHexadecimal {
            // Java requires the exponent, and allows a point at either end.
            guard let exponent = text.firstIndex(where: { $0 == "p" || $0 == "P" }) else { return nil }
            let digits = text[..<exponent].dropFirst(2)
            guard digits.contains(where: \.isHexDigit) else { return nil }
            let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { return nil }
            let whole = parts[0].isEmpty ? "0" : String(parts[0])
            let fraction = parts.count == 2 && !parts[1].isEmpty ? "." + parts[1] : ""
            text = "0x" + whole + fraction + text[exponent...]
        } else {
            let end = text.firstIndex { $0 == "e" || $0 == "E" } ?? text.endIndex
            let parts = text[..<end].split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
            let whole = parts[0].isEmpty ? "0" : String(parts[0])
            let fraction = parts.count == 2 && !parts[1].isEmpty ? "." + parts[1] : ""
            text = whole + fraction + text[end...]
        }
        guard Double(text) != nil else { return nil }
        self.text = sign + text
    }

    package var double: Double? { Double(text) }
    package var float: Float? { Float(text) }
}
