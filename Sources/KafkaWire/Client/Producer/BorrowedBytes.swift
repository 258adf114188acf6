/// Bytes of the caller that are valid for the duration of a call.
// The call passes them into a lock's closure on its own thread and copies them before it returns.
struct BorrowedBytes: @unchecked Sendable {
    let buffer: UnsafeRawBufferPointer

    init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }
}
