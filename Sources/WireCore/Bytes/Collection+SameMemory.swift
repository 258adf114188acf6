extension Collection {
    /// Whether both arrays share their memory, and so are equal; the elements are not compared. The memory of an array
    /// that is retained cannot be reused for other elements.
    @inlinable
    package func isSameMemory(as other: Self) -> Bool {
        withContiguousStorageIfAvailable { own in
            other.withContiguousStorageIfAvailable { $0.baseAddress == own.baseAddress && $0.count == own.count }
        } == true
    }
}
