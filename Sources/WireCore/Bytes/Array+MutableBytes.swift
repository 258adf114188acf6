extension Array where Element == UInt8 {
    /// As `withUnsafeMutableBytes`, but keeps the type of the error. For reading, `span.bytes.withUnsafeBytes` does.
    @inlinable
    package mutating func withMutableBytes<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        var span = mutableSpan
        var bytes = span.mutableBytes
        return try bytes.withUnsafeMutableBytes(body)
    }
}
