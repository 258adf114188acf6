/// The language of an expression, which decides its grammar and its semantics.
enum ExpressionLanguage: Sendable, Hashable {
    case groovy
    /// JavaScript as GraalJS evaluates it.
    case javaScript
}

/// The bounds of what an expression can demand, so that none can exhaust the stack, the memory or the time of a task.
enum ExpressionLimits {
    /// Length of an expression in Unicode scalars.
    static let sourceLength = 65_536
    /// Levels of nested expressions in the source.
    static let nesting = 100
    /// Levels of a compiled expression, to which each operator of a chain adds one.
    static let depth = 250
    /// Levels of lists in lists.
    static let valueDepth = 100
    /// Closures that call closures.
    static let callDepth = 8
    /// Nodes that are evaluated for one record.
    static let steps = 200_000
    /// Length of a text that an expression creates, in UTF-8 bytes.
    static let textBytes = 1 << 20
    /// Digits of a number with arbitrary precision.
    static let digits = 2_000
}
