import Testing

/// `#expect` for expressions with a noncopyable value, which the macro does not support.
func expect(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(condition, sourceLocation: sourceLocation)
}

/// `#require` for expressions with a noncopyable value, which the macro does not support.
func require<T>(_ value: T?, sourceLocation: SourceLocation = #_sourceLocation) throws -> T {
    try #require(value, sourceLocation: sourceLocation)
}
