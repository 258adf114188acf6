import WireCore

/// A sink that writes the bytes of a converter.
///
/// Consecutive values that are the same in many results are written once, captured, and spliced into each result as
/// bytes.
@usableFromInline package protocol ByteSink: ValueSink, ~Copyable {
    /// How the values of one schema are written.
    associatedtype Plan

    /// - Parameter writer: the bytes are written after its content.
    init(_ plan: Plan, _ writer: consuming ByteWriter)

    /// Begins a value: discards what was written.
    mutating func begin()
    /// Ends the value. Returns false if it did not fit its schema; see `error`.
    mutating func end() -> Bool
    /// The content of the memory, which ends with the bytes of the value.
    func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R
    /// Returns the memory. It has no bytes of a value that did not fit its schema.
    consuming func takeWriter() -> ByteWriter
    /// Why the value did not fit its schema; nil if it did.
    var error: DataError? { get }

    /// What is written until `endCapture` goes into fragments instead of the result.
    mutating func beginCapture()
    /// Skips values, to capture what follows them.
    mutating func skip(_ count: Int)
    /// Moves what was written since `beginCapture`, or since the last call, into a new fragment.
    mutating func capture(into fragments: inout SinkFragments)
    mutating func endCapture()
    /// Writes a captured fragment. What is written next must be what followed it when it was captured.
    mutating func splice(_ fragment: Int, of fragments: SinkFragments)
}

extension ByteSink where Self: ~Copyable {
    /// Writes a value as one call of `begin` and `end`.
    ///
    /// - Throws: `DataError` if the value does not fit the schema; then nothing is written.
    @inlinable
    package static func write(
        _ value: ConnectValue, _ plan: Plan, into writer: inout ByteWriter
    ) throws(DataError) {
        var sink = Self(plan, writer)
        sink.begin()
        sink.value(value)
        _ = sink.end()
        let error = sink.error
        writer = sink.takeWriter()
        if let error { throw error }
    }

    @inlinable @inline(__always)
    package mutating func decimal(unscaled: Int64) {
        let count = UnscaledDecimal.byteCount(unscaled)
        // Big-endian, the highest byte that counts first.
        let bytes = (unscaled &<< Int64(64 &- count &* 8)).bigEndian
        Swift.withUnsafeBytes(of: bytes) { self.bytes(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}
