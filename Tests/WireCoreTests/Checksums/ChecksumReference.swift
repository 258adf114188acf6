import WireTestSupport

/// A checksum bit by bit, as its polynomial defines it.
struct ChecksumReference {
    /// The reflected polynomial.
    let polynomial: UInt32
    private var register: UInt32 = ~0

    init(polynomial: UInt32) { self.polynomial = polynomial }

    /// The checksum of the bytes that were appended.
    var checksum: UInt32 { ~register }

    mutating func append(_ byte: UInt8) {
        register ^= UInt32(byte)
        for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ polynomial : register >> 1 }
    }

    /// The checksums of the first 0, 1, 2 … bytes.
    static func prefixes(of bytes: some Sequence<UInt8>, polynomial: UInt32) -> [UInt32] {
        var reference = ChecksumReference(polynomial: polynomial)
        return [reference.checksum] + bytes.map { byte in
            reference.append(byte)
            return reference.checksum
        }
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: UInt64(count))
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
