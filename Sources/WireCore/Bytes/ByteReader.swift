/// A bounds-checked cursor over bytes that it does not own.
///
/// The reader never copies and never outlives its bytes. Every length that comes from the peer goes through
/// `slice(_:)` or `skip(_:)`, which check it before use. Endianness is in each method's name, since MySQL
/// is little-endian and Kafka big-endian. A failed read leaves the cursor where it was.
@usableFromInline package struct ByteReader: ~Escapable {
    @usableFromInline let bytes: RawSpan
    @usableFromInline let base: Int
    @usableFromInline var position: Int

    /// Reads `bytes` from the start; `base` is added to the offsets that errors name.
    @inlinable
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan, base: Int = 0) {
        self.bytes = bytes
        self.base = base
        self.position = 0
    }

    /// Reads memory that the caller keeps alive and unchanged for as long as the reader is used.
    @inlinable
    @_lifetime(borrow bytes)
    package init(_ bytes: UnsafeRawBufferPointer, base: Int = 0) {
        self.bytes = RawSpan(_unsafeBytes: bytes)
        self.base = base
        self.position = 0
    }

    /// Bytes consumed so far, relative to this reader's own first byte.
    @inlinable package var offset: Int { position }
    @inlinable package var remainingBytes: Int { bytes.byteCount &- position }
    @inlinable package var isAtEnd: Bool { position == bytes.byteCount }
    /// The offset for an error at the current position.
    @inlinable package var absoluteOffset: Int { base &+ position }

    @inlinable
    func check(_ count: Int) throws(WireError) {
        guard count >= 0 else { throw WireError(.badLength(count), at: absoluteOffset) }
        guard count <= remainingBytes else {
            throw WireError(.truncated(neededBytes: count, remainingBytes: remainingBytes), at: absoluteOffset)
        }
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(WireError) -> T {
        try check(MemoryLayout<T>.size)
        let value = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: T.self)
        position &+= MemoryLayout<T>.size
        return T(littleEndian: value)
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(WireError) -> T {
        try check(MemoryLayout<T>.size)
        let value = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: T.self)
        position &+= MemoryLayout<T>.size
        return T(bigEndian: value)
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func byte() throws(WireError) -> UInt8 {
        try check(1)
        defer { position &+= 1 }
        return bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
    }

    /// The next byte, not consumed; nil at the end.
    @inlinable
    package func peekByte() -> UInt8? {
        isAtEnd ? nil : bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
    }

    /// An unsigned little-endian integer of 1 to 8 bytes (MySQL's `int<3>`, `int<6>`).
    @inlinable
    @_lifetime(self: copy self)
    package mutating func littleEndian(byteCount: Int) throws(WireError) -> UInt64 {
        precondition((1...8).contains(byteCount))
        try check(byteCount)
        var value: UInt64 = 0
        for index in 0..<byteCount {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: position &+ index, as: UInt8.self)
            value |= UInt64(byte) &<< (UInt64(index) &* 8)
        }
        position &+= byteCount
        return value
    }

    /// An unsigned big-endian integer of 1 to 8 bytes (MySQL's temporal and decimal storage).
    @inlinable
    @_lifetime(self: copy self)
    package mutating func bigEndian(byteCount: Int) throws(WireError) -> UInt64 {
        precondition((1...8).contains(byteCount))
        try check(byteCount)
        var value: UInt64 = 0
        for index in 0..<byteCount {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: position &+ index, as: UInt8.self)
            value = value &<< 8 | UInt64(byte)
        }
        position &+= byteCount
        return value
    }

    /// A reader of the next `count` bytes, which are consumed here.
    @inlinable
    @_lifetime(copy self)
    package mutating func slice(_ count: Int) throws(WireError) -> ByteReader {
        try check(count)
        let child = ByteReader(
            bytes.extracting(unchecked: position..<(position &+ count)), base: base &+ position)
        position &+= count
        return child
    }

    /// The next `count` bytes as a span, consumed.
    @inlinable
    @_lifetime(copy self)
    package mutating func span(_ count: Int) throws(WireError) -> RawSpan {
        try check(count)
        defer { position &+= count }
        return bytes.extracting(unchecked: position..<(position &+ count))
    }

    /// All bytes not yet consumed; they are consumed.
    @inlinable
    @_lifetime(copy self)
    package mutating func rest() -> RawSpan {
        defer { position = bytes.byteCount }
        return bytes.extracting(unchecked: position..<bytes.byteCount)
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func skip(_ count: Int) throws(WireError) {
        try check(count)
        position &+= count
    }

    /// The next `count` bytes, copied.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func array(_ count: Int) throws(WireError) -> [UInt8] {
        try check(count)
        defer { position &+= count }
        return bytes.extracting(unchecked: position..<(position &+ count)).array()
    }

    /// The next `count` bytes as text. Throws `.invalidUTF8` for anything but UTF-8.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func utf8(_ count: Int) throws(WireError) -> String {
        try check(count)
        guard let text = bytes.extracting(unchecked: position..<(position &+ count)).utf8String() else {
            throw WireError(.invalidUTF8, at: absoluteOffset)
        }
        position &+= count
        return text
    }

    /// Throws if bytes are left: the message was longer than its fields.
    @inlinable
    package func finish() throws(WireError) {
        guard isAtEnd else { throw WireError(.trailingBytes(remainingBytes), at: absoluteOffset) }
    }
}

extension RawSpan {
    /// A copy of the bytes.
    @inlinable
    package func array() -> [UInt8] {
        withUnsafeBytes { [UInt8]($0) }
    }

    /// The bytes as text, with U+FFFD in place of what is not UTF-8.
    @inlinable
    package func repairedUTF8() -> String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// The bytes as text; nil if they are not UTF-8.
    @inlinable
    package func utf8String() -> String? {
        withUnsafeBytes { bytes in
            // Validation is generic code of the standard library, which costs more than a short text.
            bytes.isASCII ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
        }
    }
}
