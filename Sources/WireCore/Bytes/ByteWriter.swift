/// A growable buffer that bytes are appended to: the one place where messages are built.
///
/// It owns its memory and cannot be copied; `reset()` keeps the memory for the next message, so one writer serves a
/// whole connection or task. Lengths that are only known later are back-patched with `patchBigEndian` at an offset that
/// was saved before.
@usableFromInline package struct ByteWriter: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var _count: Int = 0
    private let pool: BlockPool?
    /// Bytes written so far.
    @inlinable package var count: Int { _count }

    /// - Parameter pool: where the memory comes from and goes back to; nil: from the C library.
    package init(capacityBytes: Int = 1024, pool: BlockPool? = nil) {
        self.pool = pool
        (storage, capacity) = Self.allocate(max(16, capacityBytes), pool)
    }

    deinit { Self.deallocate(storage, capacity, pool) }

    private static func allocate(_ bytes: Int, _ pool: BlockPool?) -> (UnsafeMutablePointer<UInt8>, Int) {
        pool?.take(bytes) ?? (.allocate(capacity: bytes), bytes)
    }

    private static func deallocate(_ storage: UnsafeMutablePointer<UInt8>, _ capacity: Int, _ pool: BlockPool?) {
        if let pool { pool.give(storage, bytes: capacity) } else { storage.deallocate() }
    }

    /// Makes room for `additional` more bytes.
    @inlinable
    package mutating func reserve(_ additional: Int) {
        if capacity &- _count < additional { grow(additional) }
    }

    @usableFromInline
    mutating func grow(_ additional: Int) {
        let (replacement, larger) = Self.allocate(max(capacity * 2, _count + additional), pool)
        replacement.update(from: storage, count: _count)
        Self.deallocate(storage, capacity, pool)
        storage = replacement
        capacity = larger
    }

    /// Memory for at least `additional` more bytes. Setting `end` then appends what was written there.
    @inlinable
    package mutating func room(for additional: Int) -> UnsafeMutablePointer<UInt8> {
        reserve(additional)
        return storage + _count
    }

    /// The address after the content. Only for an address within the memory that `room` has returned.
    @inlinable
    package var end: UnsafeMutablePointer<UInt8> {
        get { storage + _count }
        set {
            let count = newValue - storage
            assert(count >= 0 && count <= capacity)
            _count = count
        }
    }

    /// Discards the content and keeps the memory.
    @inlinable package mutating func reset() { _count = 0 }

    /// Discards the bytes from `offset` on.
    @inlinable
    package mutating func truncate(to offset: Int) {
        precondition(offset >= 0 && offset <= _count)
        _count = offset
    }

    @inlinable
    package mutating func byte(_ value: UInt8) {
        reserve(1)
        storage[_count] = value
        _count &+= 1
    }

    @inlinable
    package mutating func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        appendRaw(value.littleEndian)
    }

    @inlinable
    package mutating func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        appendRaw(value.bigEndian)
    }

    @inlinable
    mutating func appendRaw<T: BitwiseCopyable>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        UnsafeMutableRawPointer(storage + _count).storeBytes(of: value, as: T.self)
        _count &+= MemoryLayout<T>.size
    }

    @inlinable
    package mutating func bytes(_ source: UnsafeRawBufferPointer) {
        guard let address = source.baseAddress else { return }
        reserve(source.count)
        UnsafeMutableRawPointer(storage + _count).copyMemory(from: address, byteCount: source.count)
        _count &+= source.count
    }

    @inlinable
    package mutating func bytes(_ source: borrowing RawSpan) {
        let count = source.byteCount
        reserve(count)
        let target = UnsafeMutableRawPointer(storage + _count)
        source.withUnsafeBytes { bytes in
            if let address = bytes.baseAddress { target.copyMemory(from: address, byteCount: count) }
        }
        _count &+= count
    }

    @inlinable
    package mutating func bytes(_ source: [UInt8]) {
        source.withUnsafeBytes { bytes($0) }
    }

    /// Appends what another writer holds.
    @inlinable
    package mutating func bytes(of other: borrowing ByteWriter) {
        bytes(UnsafeRawBufferPointer(start: other.storage, count: other._count))
    }

    /// A constant text, for example a JSON fragment.
    @inlinable
    package mutating func literal(_ text: StaticString) {
        bytes(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The text's UTF-8 bytes, without a length.
    @inlinable
    package mutating func utf8(_ text: String) {
        var text = text
        text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }

    /// Calls `body` with memory for `count` bytes; `body` returns the number of bytes that it has filled.
    @inlinable
    package mutating func appending(atMost count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        reserve(count)
        let filled = body(UnsafeMutableRawBufferPointer(start: storage + _count, count: count))
        precondition(filled >= 0 && filled <= count)
        _count &+= filled
    }

    @inlinable
    package mutating func zeros(_ count: Int) {
        reserve(count)
        (storage + _count).update(repeating: 0, count: count)
        _count &+= count
    }

    @inlinable
    package mutating func patchBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        precondition(offset >= 0 && offset &+ MemoryLayout<T>.size <= _count)
        UnsafeMutableRawPointer(storage + offset).storeBytes(of: value.bigEndian, as: T.self)
    }

    /// A view of everything written so far.
    @inlinable
    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: storage, count: _count))
    }

    /// A copy of everything written so far.
    @inlinable
    package func array() -> [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

// The memory has exactly one owner: a writer cannot be copied, and nothing else has its address.
extension ByteWriter: @unchecked Sendable {}
