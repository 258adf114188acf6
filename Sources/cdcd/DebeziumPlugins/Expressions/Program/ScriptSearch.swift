import ConnectData

/// Searches of regular expressions: those of one evaluation have a common budget.
final class ScriptSearch {
    private var budget = SearchBudget()

    /// Begins an evaluation.
    func begin() { budget = SearchBudget() }

    func matches(
        of pattern: JavaPattern, in text: String, limit: Int = .max
    ) throws(ExpressionError) -> [PatternMatch] {
        try failing { () throws(DataError) in try pattern.matches(in: text, limit: limit, &budget) }
    }

    func matches(
        of pattern: ECMAScriptPattern, in text: String, limit: Int = .max
    ) throws(ExpressionError) -> [PatternMatch] {
        try failing { () throws(DataError) in try pattern.matches(in: text, limit: limit, &budget) }
    }

    /// Whether the whole text matches.
    func isWholeMatch(of pattern: JavaPattern, _ text: String) throws(ExpressionError) -> Bool {
        try failing { () throws(DataError) in try pattern.wholeMatch(in: text, &budget) != nil }
    }

    /// The text with its first matches replaced.
    func replacing(
        _ pattern: JavaPattern, in text: String, with replacement: String, limit: Int
    ) throws(ExpressionError) -> String {
        let matches = try matches(of: pattern, in: text, limit: limit)
        return try failing { () throws(DataError) in
            try pattern.replace(matches, in: text, with: replacement, byteCountMax: ExpressionLimits.textBytes)
        }
    }

    /// Errors of patterns are those of the expression.
    private func failing<Result>(_ body: () throws(DataError) -> Result) throws(ExpressionError) -> Result {
        do throws(DataError) {
            return try body()
        } catch {
            throw ExpressionError(error.message)
        }
    }
}
