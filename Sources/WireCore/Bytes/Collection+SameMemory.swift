extension Collection {
    /// Whether two arrays are one: the same elements in the same memory, which costs no look at them. While one of them
    /// is kept, nothing else can come to stand there.
    @inlinable
    package func isSameMemory(as other: Self) -> Bool {
        withContiguousStorageIfAvailable { own in
            other.withContiguousStorageIfAvailable { $0.baseAddress == own.baseAddress && $0.count == own.count }
        } == true
    }
}
