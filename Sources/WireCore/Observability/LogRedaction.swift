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
    /// In the order in which they were added.
    private var values: [String] = []
    /// Longer values first, since they may contain others.
    private var valuesByLength: [String] = []

    mutating func add(_ value: String, _ substitute: String) {
        let isNumber = value.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard value.utf8.count >= (isNumber ? Self.digitsMin : Self.bytesMin),
            !["true", "false"].contains(value.lowercased())
        else { return }
        guard substitutes.updateValue(substitute, forKey: value) == nil else { return }
        values.append(value)
        let index = valuesByLength.firstIndex { $0.utf8.count < value.utf8.count } ?? valuesByLength.endIndex
        valuesByLength.insert(value, at: index)
        guard values.count > Self.valueCountMax else { return }
        let dropped = values.removeFirst()
        substitutes[dropped] = nil
        valuesByLength.removeAll { $0 == dropped }
    }

    /// The text with its values replaced.
    func applied(to text: String) -> String {
        var text = text
        for value in valuesByLength where text.contains(value) {
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
