/// Values that must not appear in logs and errors, with what is shown instead.
///
/// Short values, short numbers and booleans are not replaced: they are no secrets, and occur in texts by chance.
struct LogRedaction: Sendable {
    /// The minimum length of a value that is replaced, in bytes.
    private static let bytesMin = 4
    /// The same for a number.
    private static let digitsMin = 6
    /// The minimum length of a value that is replaced also inside of a longer word.
    private static let partBytesMin = 8
    /// The maximum number of values; the first ones are dropped.
    private static let valueCountMax = 10_000

    private var substitutes: [String: String] = [:]
    /// Longer values first, since they may contain others.
    private var values: [String] = []

    mutating func add(_ value: String, _ substitute: String) {
        let isNumber = value.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard value.utf8.count >= (isNumber ? Self.digitsMin : Self.bytesMin),
            !["true", "false"].contains(value.lowercased())
        else { return }
        guard substitutes.updateValue(substitute, forKey: value) == nil else { return }
        values.append(value)
        if values.count > Self.valueCountMax { substitutes[values.removeFirst()] = nil }
    }

    /// The text with its values replaced.
    func applied(to text: String) -> String {
        if values.isEmpty { return text }
        var text = text
        for value in values.sorted(by: { $0.utf8.count > $1.utf8.count }) where text.contains(value) {
            text = Self.replacing(value, by: substitutes[value] ?? "", in: text)
        }
        return text
    }

    private static func replacing(_ value: String, by substitute: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: value) {
            let before = rest[..<found.lowerBound].last ?? result.last
            let after = rest[found.upperBound...].first
            let isFound = value.utf8.count >= partBytesMin || !isWordCharacter(before) && !isWordCharacter(after)
            result += rest[..<found.lowerBound]
            result += isFound ? substitute : value
            rest = rest[found.upperBound...]
        }
        return result + rest
    }

    private static func isWordCharacter(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber } ?? false
    }
}
