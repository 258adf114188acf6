/// The command line is invalid. Printed to stderr with a reference to `--help`; the exit code is 2.
struct UsageError: Error, Equatable, CustomStringConvertible {
    let message: String
    /// The command whose help is referred to; nil for the program's own.
    var command: String?

    var description: String { message }
}

/// Finds the word that a mistyped one was probably meant to be.
enum NearestWord {
    /// The candidate with the fewest edits from `word`; nil if they are too many to be a typing error.
    static func of(_ word: String, among candidates: [String]) -> String? {
        guard !word.isEmpty else { return nil }
        if let longer = candidates.first(where: { $0.count > 2 && (word.hasPrefix($0) || $0.hasPrefix(word)) }) {
            return longer
        }
        let nearest = candidates.map { (distance(word, $0), $0) }.min { $0.0 < $1.0 }
        guard let nearest, nearest.0 <= max(1, word.count / 3) else { return nil }
        return nearest.1
    }

    /// Edits (insert, delete, replace, swap of neighbours) that lead from `a` to `b`.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
