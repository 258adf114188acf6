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

    /// Whether the whole text matches (`Matcher.matches`).
    ///
    /// - Throws: `DataError` if the engine needs too many steps.
    package func matchesWhole(_ text: String) throws(DataError) -> Bool {
        try wholeMatch(in: text) != nil
    }

    /// Whether the pattern matches anywhere in the text (`Matcher.find`).
    ///
    /// - Throws: `DataError` if the engine needs too many steps.
    package func find(_ text: String) throws(DataError) -> Bool { try !matches(in: text, limit: 1).isEmpty }

    /// `matchesWhole` for the names of tables and columns: a filter must not leave rows out because a search was given
    /// up. It takes as long as Java's.
    package func matchesWholeWithoutLimit(_ text: String) -> Bool { Self.isFound(matcher, text) }

    /// `find` for the names of tables.
    package func findWithoutLimit(_ text: String) -> Bool { Self.isFound(finder, text) }

    private static func isFound(_ expression: NSRegularExpression, _ text: String) -> Bool {
        expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
    }

    /// The text with its first match replaced (`Matcher.replaceFirst`); nil if there is no match.
    ///
    /// - Parameter replacement: with `$1`, `${name}`, and `\` before a literal character.
    /// - Throws: `DataError` if the replacement names a group that does not exist or ends in the middle of a
    ///   reference.
    package func replaceFirst(in text: String, with replacement: String) throws(DataError) -> String? {
        let matches = try matches(in: text, limit: 1)
        return matches.isEmpty ? nil : try replace(matches, in: text, with: replacement, byteCountMax: .max)
    }

    /// The first matches in the text (`Matcher.find`, repeated).
    package func matches(in text: String, limit: Int = .max) throws(DataError) -> [PatternMatch] {
        var budget = SearchBudget()
        return try matches(in: text, limit: limit, &budget)
    }

    /// The same for one of several searches with a common budget.
    package func matches(
        in text: String, limit: Int = .max, _ budget: inout SearchBudget
    ) throws(DataError) -> [PatternMatch] {
        try finder.patternMatches(in: text, limit: limit, &budget)
    }

    /// The match of the whole text (`Matcher.matches`).
    package func wholeMatch(in text: String) throws(DataError) -> PatternMatch? {
        var budget = SearchBudget()
        return try wholeMatch(in: text, &budget)
    }

    /// The same for one of several searches with a common budget.
    package func wholeMatch(in text: String, _ budget: inout SearchBudget) throws(DataError) -> PatternMatch? {
        try matcher.patternMatches(in: text, limit: 1, &budget).first
    }

    /// The text with its matches replaced (`Matcher.replaceAll`).
    ///
    /// - Parameter replacement: as for `replaceFirst`.
    package func replaceAll(in text: String, with replacement: String) throws(DataError) -> String {
        try replace(matches(in: text), in: text, with: replacement, byteCountMax: .max)
    }

    /// The text with these matches replaced.
    ///
    /// - Parameter byteCountMax: of the result, in UTF-8.
    /// - Throws: `DataError` also if the result is longer.
    package func replace(
        _ matches: [PatternMatch], in text: String, with replacement: String, byteCountMax: Int
    ) throws(DataError) -> String {
        let source = text as NSString
        let scalars = Array(replacement.unicodeScalars)
        var result = ""
        var end = 0
        for match in matches {
            result += source.substring(with: NSRange(location: end, length: match.range.lowerBound - end))
            try expand(scalars, match.groups, into: &result, byteCountMax: byteCountMax)
            end = match.range.upperBound
        }
        return result + source.substring(from: end)
    }

    private func expand(
        _ replacement: [Unicode.Scalar], _ groups: [String?], into result: inout String, byteCountMax: Int
    ) throws(DataError) {
        var index = 0
        while index < replacement.count {
            let scalar = replacement[index]
            index += 1
            switch scalar {
            case "\\":
                guard index < replacement.count else {
                    throw DataError("character to be escaped is missing", as: .illegalArgument)
                }
                result.unicodeScalars.append(replacement[index])
                index += 1
            case "$":
                let group = try reference(replacement, &index)
                if let text = groups[group] { result += text }
            default: result.unicodeScalars.append(scalar)
            }
            guard result.utf8.count <= byteCountMax else {
                throw DataError("A text is longer than \(byteCountMax) bytes")
            }
        }
    }

    /// Reads what follows a `$`: a number, whose digits are read only as far as such a group exists, or a name in
    /// braces.
    private func reference(_ replacement: [Unicode.Scalar], _ index: inout Int) throws(DataError) -> Int {
        guard index < replacement.count else {
            throw DataError("Illegal group reference: group index is missing", as: .illegalArgument)
        }
        if replacement[index] == "{" {
            guard let end = replacement[index...].firstIndex(of: "}") else {
                throw DataError("named capturing group is missing trailing '}'", as: .illegalArgument)
            }
            var name = String.UnicodeScalarView()
            name.append(contentsOf: replacement[(index + 1)..<end])
            guard let group = groupNames[String(name)] else {
                throw DataError("No group with name {\(String(name))}", as: .illegalArgument)
            }
            index = end + 1
            return group
        }
        guard let first = Self.digit(replacement[index]) else {
            throw DataError("Illegal group reference", as: .illegalArgument)
        }
        guard first <= groupCount else { throw DataError("No group \(first)", as: .indexOutOfBounds) }
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
