import Foundation

/// A regular expression with the meaning that `java.util.regex.Pattern` gives it.
///
/// The engine is ICU's, which `NSRegularExpression` uses. The two languages are similar; `JavaPatternTranslator`
/// rewrites what they interpret differently: in Java `\w`, `\d`, `\s`, the POSIX classes and case-insensitive matching
/// are ASCII only.
package struct JavaPattern: Sendable, Hashable {
    /// A pattern that is not well-formed, or that uses an unsupported construct.
    package struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
        package let reason: String
        /// The offset from the pattern's start in Unicode scalars.
        package let index: Int?
        package let pattern: String

        /// In the form of Java's `PatternSyntaxException`.
        package var description: String {
            guard let index else { return "\(reason)\n\(pattern)" }
            let mark = index < pattern.unicodeScalars.count ? "\n\(String(repeating: " ", count: index))^" : ""
            return "\(reason) near index \(index)\n\(pattern)\(mark)"
        }
    }

    package let pattern: String
    package let isCaseInsensitive: Bool
    private let finder: NSRegularExpression
    private let matcher: NSRegularExpression
    private let groupCount: Int
    private let groupNames: [String: Int]

    /// - Parameter isCaseInsensitive: as with `Pattern.CASE_INSENSITIVE`, for ASCII letters only.
    package init(_ pattern: String, caseInsensitive isCaseInsensitive: Bool = false) throws(SyntaxError) {
        self.pattern = pattern
        self.isCaseInsensitive = isCaseInsensitive
        var translator = JavaPatternTranslator(pattern, isCaseInsensitive: isCaseInsensitive)
        let translated = try translator.translate()
        do {
            // The engine refuses an empty pattern.
            finder = try NSRegularExpression(pattern: translated.isEmpty ? "(?:)" : translated)
            matcher = try NSRegularExpression(pattern: "\\A(?:\(translated))\\z")
        } catch {
            throw SyntaxError(reason: "Invalid regular expression", index: nil, pattern: pattern)
        }
        groupCount = finder.numberOfCaptureGroups
        groupNames = translator.groupNames
    }

    package static func == (a: JavaPattern, b: JavaPattern) -> Bool {
        a.pattern == b.pattern && a.isCaseInsensitive == b.isCaseInsensitive
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(pattern) }

    private func range(_ text: String) -> NSRange { NSRange(location: 0, length: text.utf16.count) }

    /// Whether the whole text matches (`Matcher.matches`).
    package func matchesWhole(_ text: String) -> Bool { matcher.firstMatch(in: text, range: range(text)) != nil }

    /// Whether the pattern matches anywhere in the text (`Matcher.find`).
    package func find(_ text: String) -> Bool { finder.firstMatch(in: text, range: range(text)) != nil }

    /// The parts of the text between the matches, as `Pattern.split(text)` returns them: without empty ones at the end.
    package func split(_ text: String) -> [String] {
        let source = text as NSString
        var parts: [String] = []
        var start = 0
        for match in finder.matches(in: text, range: range(text)) {
            if match.range.length == 0, match.range.location == 0 { continue }
            parts.append(source.substring(with: NSRange(location: start, length: match.range.location - start)))
            start = match.range.location + match.range.length
        }
        parts.append(source.substring(from: start))
        if parts.count == 1 { return parts }
        while parts.last?.isEmpty == true { parts.removeLast() }
        return parts
    }

    /// The text with its first match replaced (`Matcher.replaceFirst`); nil if there is no match.
    ///
    /// - Parameter replacement: with `$1`, `${name}`, and `\` before a literal character.
    /// - Throws: `DataError` if the replacement names a group that does not exist or ends in the middle of a
    ///   reference.
    package func replaceFirst(in text: String, with replacement: String) throws(DataError) -> String? {
        guard find(text) else { return nil }
        return try replaceAll(in: text, with: replacement, limit: 1)
    }

    /// The first matches in the text (`Matcher.find`, repeated).
    package func matches(in text: String, limit: Int = .max) throws(DataError) -> [PatternMatch] {
        try finder.patternMatches(in: text, limit: limit)
    }

    /// The match of the whole text (`Matcher.matches`).
    package func wholeMatch(in text: String) throws(DataError) -> PatternMatch? {
        try matcher.patternMatches(in: text, limit: 1).first
    }

    /// The text with its matches replaced (`Matcher.replaceAll`).
    ///
    /// - Parameters:
    ///   - replacement: as for `replaceFirst`.
    ///   - limit: the number of matches to replace.
    package func replaceAll(
        in text: String, with replacement: String, limit: Int = .max
    ) throws(DataError) -> String {
        let source = text as NSString
        let scalars = Array(replacement.unicodeScalars)
        var result = ""
        var end = 0
        for match in try matches(in: text, limit: limit) {
            result += source.substring(with: NSRange(location: end, length: match.range.lowerBound - end))
            result += try expand(scalars, match.groups)
            end = match.range.upperBound
        }
        return result + source.substring(from: end)
    }

    private func expand(
        _ replacement: [Unicode.Scalar], _ groups: [String?]
    ) throws(DataError) -> String {
        var result = String.UnicodeScalarView()
        var index = 0
        while index < replacement.count {
            let scalar = replacement[index]
            index += 1
            switch scalar {
            case "\\":
                guard index < replacement.count else { throw DataError("character to be escaped is missing") }
                result.append(replacement[index])
                index += 1
            case "$":
                let group = try reference(replacement, &index)
                if let text = groups[group] { result.append(contentsOf: text.unicodeScalars) }
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Reads what follows a `$`: a number, whose digits are read only as far as such a group exists, or a name in
    /// braces.
    private func reference(_ replacement: [Unicode.Scalar], _ index: inout Int) throws(DataError) -> Int {
        guard index < replacement.count else {
            throw DataError("Illegal group reference: group index is missing")
        }
        if replacement[index] == "{" {
            guard let end = replacement[index...].firstIndex(of: "}") else {
                throw DataError("named capturing group is missing trailing '}'")
            }
            var name = String.UnicodeScalarView()
            name.append(contentsOf: replacement[(index + 1)..<end])
            guard let group = groupNames[String(name)] else { throw DataError("No group with name {\(String(name))}") }
            index = end + 1
            return group
        }
        guard let first = Self.digit(replacement[index]) else { throw DataError("Illegal group reference") }
        guard first <= groupCount else { throw DataError("No group \(first)") }
        index += 1
        var group = first
        while index < replacement.count, let digit = Self.digit(replacement[index]), group * 10 + digit <= groupCount {
            group = group * 10 + digit
            index += 1
        }
        return group
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        (0x30...0x39).contains(scalar.value) ? Int(scalar.value) - 0x30 : nil
    }
}
