import KafkaProtocol

/// A regular expression of RE2's syntax, which Kafka uses for subscriptions and filters (RE2/J).
///
/// It is matched against whole texts, in time proportional to the text's length and the expression's: no expression of
/// a client can occupy the broker. Not supported, and therefore not valid, are classes of Unicode (`\p`).
struct RegularExpression: Sendable {
    /// The maximum number of instructions: a few bytes can repeat others a thousand times.
    static let instructionsMax = 10_000

    enum Instruction: Sendable {
        /// Consumes a character of the set.
        case set(CharacterRanges)
        case split(Int, Int)
        case jump(Int)
        case assert(Assertion)
        case match
    }

    enum Assertion: Sendable {
        case begin, end, lineBegin, lineEnd, wordBoundary, noWordBoundary
    }

    let text: String
    private let program: [Instruction]

    /// Returns nil if the expression is not valid.
    init?(_ text: String) {
        var parser = RegularExpressionParser(text)
        guard text.utf8.count <= 4096, let tree = parser.parse() else { return nil }
        var program: [Instruction] = []
        guard tree.compile(into: &program) else { return nil }
        program.append(.match)
        self.text = text
        self.program = program
    }

    /// Whether the whole text matches.
    func matches(_ text: String) -> Bool {
        let characters = Array(text.unicodeScalars)
        var current = threads(from: [0], at: 0, of: characters)
        for (position, character) in characters.enumerated() {
            if current.isEmpty { return false }
            let next = current.compactMap { index -> Int? in
                guard case .set(let ranges) = program[index], ranges.contains(character.value) else { return nil }
                return index + 1
            }
            current = threads(from: next, at: position + 1, of: characters)
        }
        return current.contains { if case .match = program[$0] { true } else { false } }
    }

    /// The instructions that consume a character, or match, which follow without consuming any.
    private func threads(from start: [Int], at position: Int, of characters: [Unicode.Scalar]) -> [Int] {
        var found: [Int] = []
        var seen = [Bool](repeating: false, count: program.count)
        var pending = start
        while let index = pending.popLast() {
            if seen[index] { continue }
            seen[index] = true
            switch program[index] {
            case .set, .match: found.append(index)
            case .jump(let target): pending.append(target)
            case .split(let first, let second): pending += [first, second]
            case .assert(let assertion):
                if Self.holds(assertion, at: position, of: characters) { pending.append(index + 1) }
            }
        }
        return found
    }

    private static func holds(_ assertion: Assertion, at position: Int, of characters: [Unicode.Scalar]) -> Bool {
        let (before, after) = (
            position > 0 ? characters[position - 1] : nil, position < characters.count ? characters[position] : nil
        )
        func isWord(_ character: Unicode.Scalar?) -> Bool {
            character.map { CharacterRanges.word.contains($0.value) } ?? false
        }
        switch assertion {
        case .begin: return before == nil
        case .end: return after == nil
        case .lineBegin: return before == nil || before == "\n"
        case .lineEnd: return after == nil || after == "\n"
        case .wordBoundary: return isWord(before) != isWord(after)
        case .noWordBoundary: return isWord(before) == isWord(after)
        }
    }
}

/// A set of characters.
struct CharacterRanges: Equatable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    static let digit = CharacterRanges(ranges: [0x30...0x39])
    static let word = CharacterRanges(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = CharacterRanges(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let any = CharacterRanges(ranges: [0...0x10FFFF])
    static let anyButNewline = CharacterRanges(ranges: [0...9, 11...0x10FFFF])

    func contains(_ character: UInt32) -> Bool { ranges.contains { $0.contains(character) } != isNegated }

    /// The same set without negation.
    var flattened: CharacterRanges {
        guard isNegated else { return self }
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return CharacterRanges(ranges: result)
    }

    /// With the other case of all letters of ASCII.
    var ignoringCase: CharacterRanges {
        var result = flattened
        for range in result.ranges {
            for (from, to) in [(UInt32(0x41), UInt32(0x61)), (0x61, 0x41)] {
                let (low, high) = (max(range.lowerBound, from), min(range.upperBound, from + 25))
                if low <= high { result.ranges.append((low - from + to)...(high - from + to)) }
            }
        }
        return result
    }
}
