import KafkaProtocol

/// A parsed regular expression.
indirect enum RegularExpressionTree: Sendable {
    case empty
    case set(CharacterRanges)
    case assert(RegularExpression.Assertion)
    case sequence([RegularExpressionTree])
    case either([RegularExpressionTree])
    /// `max` is nil without a limit.
    case repeated(RegularExpressionTree, min: Int, max: Int?)

    /// Appends the instructions. Returns false if there are too many.
    func compile(into program: inout [RegularExpression.Instruction]) -> Bool {
        guard program.count < RegularExpression.instructionsMax else { return false }
        switch self {
        case .empty: return true
        case .set(let ranges): program.append(.set(ranges))
        case .assert(let assertion): program.append(.assert(assertion))
        case .sequence(let parts): return parts.allSatisfy { $0.compile(into: &program) }
        case .either(let parts):
            var jumps: [Int] = []
            for (index, part) in parts.enumerated() {
                let split = program.count
                let isLast = index == parts.count - 1
                if !isLast { program.append(.jump(0)) }
                guard part.compile(into: &program) else { return false }
                if isLast { break }
                jumps.append(program.count)
                program.append(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
            for jump in jumps { program[jump] = .jump(program.count) }
        case .repeated(let part, let min, let max):
            for _ in 0..<min { guard part.compile(into: &program) else { return false } }
            return Self.compileOptional(part, max.map { $0 - min }, into: &program)
        }
        return true
    }

    /// At most `count` times, or any number of times.
    private static func compileOptional(
        _ part: RegularExpressionTree, _ count: Int?, into program: inout [RegularExpression.Instruction]
    ) -> Bool {
        guard let count else {
            let split = program.count
            program.append(.jump(0))
            guard part.compile(into: &program) else { return false }
            program.append(.jump(split))
            program[split] = .split(split + 1, program.count)
            return true
        }
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(program.count)
            program.append(.jump(0))
            guard part.compile(into: &program) else { return false }
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
        return true
    }
}
