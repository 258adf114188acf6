/// Searches a text in others by UTF-16 code units, as Java and JavaScript do, but in linear time (the algorithm of
/// Knuth, Morris and Pratt).
struct TextSearch {
    private let wanted: [UInt16]
    /// For each beginning of the text, by its length less 1: the length of the longest shorter beginning that ends it.
    private let borders: [Int]

    init(_ text: some Sequence<UInt16>) {
        wanted = Array(text)
        var borders: [Int] = []
        borders.reserveCapacity(wanted.count)
        for (index, unit) in wanted.enumerated() {
            var length = index == 0 ? 0 : borders[index - 1]
            while length > 0, wanted[length] != unit { length = borders[length - 1] }
            if index > 0, wanted[length] == unit { length += 1 }
            borders.append(length)
        }
        self.borders = borders
    }

    /// The number of code units of the text.
    var count: Int { wanted.count }

    /// The first index from `start` on; nil if there is none.
    func first(in units: [UInt16], from start: Int = 0) -> Int? {
        var found: Int?
        eachPlace(in: units, from: max(0, start)) { place in
            found = place
            return false
        }
        return found
    }

    /// The last index up to `end`; nil if there is none.
    func last(in units: [UInt16], upTo end: Int = .max) -> Int? {
        var found: Int?
        eachPlace(in: units, from: 0) { place in
            if place <= end { found = place }
            return place < end
        }
        return found
    }

    /// The number of indexes; what is found may overlap.
    func placeCount(in units: [UInt16]) -> Int {
        var count = 0
        eachPlace(in: units, from: 0) { _ in
            count += 1
            return true
        }
        return count
    }

    /// - Parameter body: returns false to end the search.
    private func eachPlace(in units: [UInt16], from start: Int, _ body: (Int) -> Bool) {
        guard start <= units.count else { return }
        if wanted.isEmpty {
            for index in start...units.count where !body(index) { return }
            return
        }
        var length = 0
        for index in start..<units.count {
            while length > 0, wanted[length] != units[index] { length = borders[length - 1] }
            if wanted[length] == units[index] { length += 1 }
            guard length == wanted.count else { continue }
            if !body(index + 1 - length) { return }
            length = borders[length - 1]
        }
    }

    /// The text with every occurrence replaced.
    static func replacing(
        _ wanted: String, in text: String, with replacement: String, limit: Int = .max
    ) throws(ExpressionError) -> String {
        let (search, units, replacement) = (TextSearch(wanted.utf16), Array(text.utf16), Array(replacement.utf16))
        var result: [UInt16] = []
        var position = 0
        var count = 0
        while count < limit, let index = search.first(in: units, from: position) {
            result += units[position..<index]
            result += replacement
            count += 1
            guard result.count <= ExpressionLimits.textBytes else {
                throw ExpressionError("A text is longer than \(ExpressionLimits.textBytes) bytes")
            }
            position = index + search.count
            if search.count == 0 {
                guard index < units.count else { break }
                result.append(units[index])
                position = index + 1
            }
        }
        if position < units.count { result += units[position...] }
        return try CompiledExpression.bounded(String(utf16CodeUnits: result))
    }
}
