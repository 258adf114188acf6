/// Bytes of the caller that are valid for the duration of a call.
// The call passes them into a lock's closure on its own thread and copies them before it returns.
struct BorrowedBytes: @unchecked Sendable {
    let buffer: UnsafeRawBufferPointer

    init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

    /// The bytes of an optional array; nil only if the array is.
    @inline(__always)
    static func of<R>(_ bytes: [UInt8]?, _ body: (BorrowedBytes?) -> R) -> R {
        guard let bytes else { return body(nil) }
        return bytes.withUnsafeBytes { body(BorrowedBytes($0)) }
    }
}
