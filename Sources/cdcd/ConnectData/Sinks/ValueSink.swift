/// Receives the values of a record's key or value, in the order of its schema's fields: what a connector's plan for a
/// table writes rows to, without values of Connect's data model in between.
///
/// A generic function over a sink is specialized for each of them, so that writing a value costs no witness call; the
/// sinks are `@inlinable` for that reason. A sink does not throw: the first value that does not fit its schema is
/// recorded, and the caller discards the result.
@usableFromInline package protocol ValueSink: ~Copyable {
    mutating func null()
    mutating func boolean(_ value: Bool)
    /// An integer of any width.
    mutating func integer(_ value: Int64)
    mutating func float32(_ value: Float)
    mutating func float64(_ value: Double)
    /// A text.
    /// - Parameter utf8: valid UTF-8.
    mutating func text(_ utf8: UnsafeRawBufferPointer)
    /// A text of at most `count` ASCII characters that is formatted in place: no quotation marks, backslashes or
    /// control characters.
    /// - Parameter format: writes the text at the address and returns the address after it.
    mutating func formattedText(
        atMost count: Int, _ format: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>)
    mutating func bytes(_ bytes: UnsafeRawBufferPointer)
    /// The unscaled value of a `Decimal`.
    mutating func decimal(unscaled: Int64)
    /// The values of the schema's fields follow, then `endStructure`.
    mutating func beginStructure(_ schema: Schema)
    mutating func endStructure()
    /// The items follow, each after a call of `item`, then `endArray`.
    /// - Returns: the array, for `item` and `endArray`.
    mutating func beginArray(count: Int) -> Int
    mutating func item(_ index: Int, of array: Int)
    mutating func endArray(_ array: Int)
    /// A value of the data model, of any kind.
    mutating func value(_ value: ConnectValue)
}
