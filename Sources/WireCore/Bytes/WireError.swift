/// A defect in bytes from a peer or a file, and its offset.
///
/// Thrown by `ByteReader` and by every decoder built on it. `offset` counts bytes from the start of the
/// reader's outermost buffer. No payload is kept: a `HexWindow` is taken by the caller, which still holds the bytes.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// A field needs more bytes than its frame has left.
        case truncated(neededBytes: Int, remainingBytes: Int)
        /// A frame was decoded whole and bytes are left over.
        case trailingBytes(Int)
        /// A length or count that the protocol forbids, or that is larger than what could hold it.
        case badLength(Int)
        /// A variable-length integer that does not end within its width.
        case varintTooLong
        /// A string field that is not valid UTF-8.
        case invalidUTF8
        /// A value outside what the protocol defines for this field.
        case invalidValue(String)
    }

    public let reason: Reason
    public let offset: Int

    @inlinable
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String {
        switch reason {
        case .truncated(let needed, let remaining):
            "needs \(needed) bytes at offset \(offset), but only \(remaining) are left"
        case .trailingBytes(let count): "\(count) bytes left over at offset \(offset)"
        case .badLength(let length): "impossible length \(length) at offset \(offset)"
        case .varintTooLong: "variable-length integer too long at offset \(offset)"
        case .invalidUTF8: "text that is not UTF-8 at offset \(offset)"
        case .invalidValue(let what): "\(what) at offset \(offset)"
        }
    }
}
