/// The common prefix of two places in a block that is compressed.
enum MatchLength {
    /// The number of equal bytes from `left` and `right` on, with `right` before `end`. Reads no byte from `end` on.
    ///
    /// - Parameter left: an address before `right`, in the same memory.
    @inline(__always)
    static func count(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) -> Int {
        var (left, position) = (left, right)
        while end - position >= 8 {
            let difference =
                UnsafeRawPointer(left).loadUnaligned(as: UInt64.self)
                ^ UnsafeRawPointer(position).loadUnaligned(as: UInt64.self)
            if difference != 0 {
                return position - right &+ UInt64(littleEndian: difference).trailingZeroBitCount &>> 3
            }
            left += 8
            position += 8
        }
        while position < end, left.pointee == position.pointee {
            left += 1
            position += 1
        }
        return position - right
    }
}
