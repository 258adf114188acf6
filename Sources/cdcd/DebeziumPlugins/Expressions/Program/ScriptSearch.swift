import ConnectData

/// Searches of regular expressions: those of one evaluation have a common budget.
final class ScriptSearch {
    private var budget = SearchBudget()

    /// Begins an evaluation.
    func begin() { budget = SearchBudget() }

    func matches(
        of pattern: JavaPattern, in text: String, limit: Int = .max
    ) throws(ExpressionError) -> [PatternMatch] {
        do throws(DataError) {
            return try pattern.matches(in: text, limit: limit, &budget)
        } catch {
            throw ExpressionError(error.message)
        }
    }

    func matches(
        of pattern: ECMAScriptPattern, in text: String, limit: Int = .max
    ) throws(ExpressionError) -> [PatternMatch] {
        do throws(DataError) {
            return try pattern.matches(in: text, limit: limit, &budget)
        } catch {
            throw ExpressionError(error.message)
        }
    }

    /// Whether the whole text matches.
    func isWholeMatch(of pattern: JavaPattern, _ text: String) throws(ExpressionError) -> Bool {
        do throws(DataError) {
            return try pattern.wholeMatch(in: text, &budget) != nil
        } catch {
            throw ExpressionError(error.message)
        }
    }

    /// The text with its first matches replaced.
    func replacing(
        _ pattern: JavaPattern, in text: String, with replacement: String, limit: Int
    ) throws(ExpressionError) -> String {
        let matches = try matches(of: pattern, in: text, limit: limit)
        do throws(DataError) {
            return try pattern.replace(
                matches, in: text, with: replacement, byteCountMax: ExpressionLimits.textBytes)
        } catch {
            throw ExpressionError(error.message)
        }
    }
}
