import Foundation

/// A regular expression of JavaScript (`RegExp`) without the flags `u`, `v`, `y` and `d`.
///
/// The engine is ICU's, which `NSRegularExpression` uses; `ECMAScriptPatternTranslator` rewrites what the two
/// languages interpret differently, and refuses what it cannot.
package struct ECMAScriptPattern: Sendable {
    package let source: String
    /// `g`: methods of texts act on all matches.
    package let isGlobal: Bool
    package let groupNames: [String: Int]
    private let expression: NSRegularExpression

    /// - Parameter flags: of `g`, `i`, `m` and `s`.
    package init(_ source: String, flags: String) throws(JavaPattern.SyntaxError) {
        for flag in flags where !"gims".contains(flag) || flags.filter({ $0 == flag }).count > 1 {
            throw JavaPattern.SyntaxError(reason: "Unsupported flag '\(flag)'", index: nil, pattern: source)
        }
        self.source = source
        isGlobal = flags.contains("g")
        var translator = ECMAScriptPatternTranslator(
            source, isMultiline: flags.contains("m"), dotMatchesAll: flags.contains("s"))
        let translated = try translator.translate()
        groupNames = translator.groupNames
        do {
            expression = try NSRegularExpression(
                pattern: translated, options: flags.contains("i") ? .caseInsensitive : [])
        } catch {
            throw JavaPattern.SyntaxError(reason: "Invalid regular expression", index: nil, pattern: source)
        }
    }

    /// The first matches in the text.
    ///
    /// - Parameter budget: of this search and others.
    /// - Throws: `DataError` if the engine needs too many steps.
    package func matches(
        in text: String, limit: Int = .max, _ budget: inout SearchBudget
    ) throws(DataError) -> [PatternMatch] {
        try expression.patternMatches(in: text, limit: limit, &budget)
    }
}
