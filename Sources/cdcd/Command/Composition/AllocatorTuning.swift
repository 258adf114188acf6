/// What the program asks of the C library's allocator.
enum AllocatorTuning {
    /// Blocks up to this size come from the heap, and twice as much free memory stays in it.
    private static let reusedBytesMax = 16 << 20

    /// Lets freed memory be used again, instead of going back to the kernel and coming anew, page by page and zeroed.
    ///
    /// Batches and packets of about a megabyte come and go all the time. glibc takes blocks beyond its mmap threshold
    /// straight from the kernel; the threshold follows the largest block of that kind that was freed so far, and the
    /// trim threshold is twice that (mallopt(3), M_MMAP_THRESHOLD). No page of this block is ever touched.
    static func keepFreedMemory() {
        UnsafeMutableRawPointer.allocate(byteCount: reusedBytesMax, alignment: 16).deallocate()
    }
}
