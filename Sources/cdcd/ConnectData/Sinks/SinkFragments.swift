/// The captured bytes of consecutive values, numbered from 0 in the order of their capture, with what follows them.
@usableFromInline package struct SinkFragments {
    @usableFromInline struct Fragment: BitwiseCopyable {
        @usableFromInline let offset: Int
        @usableFromInline let count: Int
        /// The sink's step after the fragment.
        @usableFromInline let cursor: Int
        @inlinable init(offset: Int, count: Int, cursor: Int) {
            self.offset = offset
            self.count = count
            self.cursor = cursor
        }
    }

    @usableFromInline var bytes: ContiguousArray<UInt8> = []
    @usableFromInline var fragments: ContiguousArray<Fragment> = []

    @inlinable package init() {}

    /// Empties the fragments and keeps the memory.
    @inlinable package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        fragments.removeAll(keepingCapacity: true)
    }

    @inlinable
    mutating func append(_ content: UnsafeRawBufferPointer, cursor: Int) {
        fragments.append(.init(offset: bytes.count, count: content.count, cursor: cursor))
        bytes.append(contentsOf: content)
    }
}
