import WireCore

/// Writes decoded characters as UTF-8 into memory that is large enough for a whole cell.
package struct UTF8Output {
    package static let replacement: UInt16 = 0xFFFD

    /// No encoding yields more than three bytes of UTF-8 for one of its own.
    @usableFromInline static func capacityBytes(for encodedBytes: Int) -> Int { encodedBytes * 3 }

    /// The text that `write` decodes from `encoded`.
    @inlinable
    package static func text(of encoded: UnsafeRawBufferPointer, _ write: (inout UTF8Output) -> Void) -> String {
        String(unsafeUninitializedCapacity: capacityBytes(for: encoded.count)) { target in
            guard let base = target.baseAddress else { return 0 }
            var output = UTF8Output(base)
            write(&output)
            return output.count
        }
    }

    /// Appends the text that `write` decodes from `encoded`.
    package static func append(
        decoded encoded: UnsafeRawBufferPointer, to writer: inout ByteWriter, _ write: (inout UTF8Output) -> Void
    ) {
        var output = UTF8Output(writer.room(for: capacityBytes(for: encoded.count)))
        write(&output)
        writer.end += output.count
    }

    @usableFromInline let base: UnsafeMutablePointer<UInt8>
    @usableFromInline var count = 0

    @usableFromInline init(_ base: UnsafeMutablePointer<UInt8>) { self.base = base }

    @inlinable @inline(__always)
    mutating func put(_ byte: UInt32) {
        base[count] = UInt8(truncatingIfNeeded: byte)
        count &+= 1
    }

    /// A character of the Basic Multilingual Plane that is not a surrogate.
    @inlinable @inline(__always)
    package mutating func append(_ character: UInt16) { append(scalar: UInt32(character)) }

    /// Precondition: a Unicode scalar.
    @inlinable @inline(__always)
    package mutating func append(scalar: UInt32) {
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

    @inlinable package mutating func appendReplacement() { append(Self.replacement) }
}
