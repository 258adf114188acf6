import Foundation

/// A match of a regular expression in a text.
package struct PatternMatch: Sendable, Hashable {
    /// In UTF-16 code units of the text.
    package let range: Range<Int>
    /// The matched text, then that of each group; nil for a group without a match.
    package let groups: [String?]
}

/// The work that searches may still do: steps of the engine, and what their matches copy.
package struct SearchBudget: Sendable {
    /// A search with more steps is given up after about 0.1 seconds.
    private static let stepsMax = 5_000_000
    /// The engine reports its progress after as many steps.
    fileprivate static let stepsOfReport = 10_000

    private var steps = stepsMax

    package init() {}

    /// Returns false if no more work may be done.
    fileprivate mutating func spend(_ count: Int) -> Bool {
        steps -= min(count, Self.stepsMax + 1)
        return steps >= 0
    }

    /// For a group, and for a text that is copied.
    fileprivate static func cost(ofCopying count: Int) -> Int { 8 + count / 16 }
}

extension NSRegularExpression {
    /// The first matches in a text.
    ///
    /// - Throws: `DataError` if the budget is exceeded: patterns with nested repetitions can need very many steps, and
    ///   a pattern with many groups can copy the text very often.
    func patternMatches(
        in text: String, limit: Int = .max, _ budget: inout SearchBudget
    ) throws(DataError) -> [PatternMatch] {
        let source = text as NSString
        var matches: [PatternMatch] = []
        var rest = budget
        var isGivenUp = false
        enumerateMatches(
            in: text, options: .reportProgress, range: NSRange(location: 0, length: source.length)
        ) { result, flags, stop in
            if let result, result.range.location != NSNotFound {
                var groups: [String?] = []
                for index in 0..<result.numberOfRanges where !isGivenUp {
                    let range = result.range(at: index)
                    let length = range.location == NSNotFound ? 0 : range.length
                    isGivenUp = !rest.spend(SearchBudget.cost(ofCopying: length))
                    groups.append(range.location == NSNotFound ? nil : source.substring(with: range))
                }
                matches.append(
                    PatternMatch(range: result.range.location..<NSMaxRange(result.range), groups: groups))
                if matches.count >= limit { stop.pointee = true }
            } else if flags.contains(.progress) {
                isGivenUp = !rest.spend(SearchBudget.stepsOfReport)
            }
            if flags.contains(.internalError) { isGivenUp = true }
            if isGivenUp { stop.pointee = true }
        }
        budget = rest
        if isGivenUp { throw DataError("The regular expression needs too many steps for the text") }
        return matches
    }
}
