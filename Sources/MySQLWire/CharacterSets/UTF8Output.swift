/// Where decoders put their characters: memory for the UTF-8 of a whole cell.
struct UTF8Output {
    static let replacement: UInt16 = 0xFFFD

    /// No encoding here gives more than three bytes for one of its own.
    static func capacityBytes(for encodedBytes: Int) -> Int { encodedBytes * 3 }

    private let base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    init(_ base: UnsafeMutablePointer<UInt8>) { self.base = base }

    @inline(__always)
    private mutating func put(_ byte: UInt32) {
        base[count] = UInt8(truncatingIfNeeded: byte)
        count &+= 1
    }

    /// A character of the Basic Multilingual Plane that is no surrogate.
    @inline(__always)
    mutating func append(_ character: UInt16) { append(scalar: UInt32(character)) }

    /// Precondition: a Unicode scalar.
    @inline(__always)
    mutating func append(scalar: UInt32) {
        if scalar < 0x80 { return put(scalar) }
        if scalar < 0x800 {
            put(0xC0 | scalar >> 6)
        } else {
            if scalar < 0x10000 {
                put(0xE0 | scalar >> 12)
            } else {
                put(0xF0 | scalar >> 18)
                put(0x80 | scalar >> 12 & 0x3F)
            }
            put(0x80 | scalar >> 6 & 0x3F)
        }
        put(0x80 | scalar & 0x3F)
    }

    mutating func appendReplacement() { append(Self.replacement) }
}
