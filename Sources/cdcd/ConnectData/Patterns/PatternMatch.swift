import Foundation

/// A match of a regular expression in a text.
package struct PatternMatch: Sendable, Hashable {
    /// In UTF-16 code units of the text.
    package let range: Range<Int>
    /// The matched text, then that of each group; nil for a group without a match.
    package let groups: [String?]
}

extension NSRegularExpression {
    /// The steps of the engine after which a search is given up, in units of 10,000.
    private static let searchLimit = 500

    /// The first matches in a text.
    ///
    /// - Throws: `DataError` if the engine needs too many steps, as patterns with nested repetitions can.
    func patternMatches(in text: String, limit: Int = .max) throws(DataError) -> [PatternMatch] {
        let source = text as NSString
        var matches: [PatternMatch] = []
        var reports = 0
        var isGivenUp = false
        enumerateMatches(
            in: text, options: .reportProgress, range: NSRange(location: 0, length: source.length)
        ) { result, flags, stop in
            if let result, result.range.location != NSNotFound {
                let groups = (0..<result.numberOfRanges).map { group -> String? in
                    let range = result.range(at: group)
                    return range.location == NSNotFound ? nil : source.substring(with: range)
                }
                matches.append(
                    PatternMatch(range: result.range.location..<NSMaxRange(result.range), groups: groups))
                if matches.count >= limit { stop.pointee = true }
            } else if flags.contains(.progress) {
                reports += 1
                if reports > Self.searchLimit {
                    isGivenUp = true
                    stop.pointee = true
                }
            }
            if flags.contains(.internalError) { isGivenUp = true }
        }
        if isGivenUp { throw DataError("The regular expression needs too many steps for the text") }
        return matches
    }
}
