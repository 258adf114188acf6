/// The codes of lengths and distances (RFC 8878, 3.1.1.3.2.1): each is a base, to which bits of the stream are added.
enum ZstandardCodes {
    struct Kind: Sendable {
        /// For each code the base and the number of bits.
        let codes: [(base: UInt32, bits: UInt8)]
        let tableLogMax: Int
        let predefined: FSEDistribution
    }

    static let literalLengths = Kind(
        codes: table(
            first: 0,
            bits: Array(repeating: 0, count: 16) + [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        tableLogMax: 9,
        predefined: FSEDistribution(
            tableLog: 6,
            counts: [
                4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
                -1, -1,
            ]))

    static let matchLengths = Kind(
        codes: table(
            first: 3,
            bits: Array(repeating: 0, count: 32)
                + [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        tableLogMax: 9,
        predefined: FSEDistribution(
            tableLog: 6,
            counts: [
                1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
            ]))

    /// Distances are offset by 3; the first three numbers stand for recent distances.
    static let distances = Kind(
        codes: (0..<32).map { (UInt32(1) << UInt32($0), UInt8($0)) }, tableLogMax: 8,
        predefined: FSEDistribution(
            tableLog: 5,
            counts: [
                1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
            ]))

    /// Codes whose ranges follow each other without gaps.
    private static func table(first: UInt32, bits: [UInt8]) -> [(base: UInt32, bits: UInt8)] {
        var base = first
        return bits.map { bits in
            defer { base += 1 << UInt32(bits) }
            return (base, bits)
        }
    }
}

extension ZstandardCodes {
    /// The codes of the short lengths, by length.
    private static let literalLengthCodes = shortCodes(literalLengths, count: 64)
    private static let matchLengthCodes = shortCodes(matchLengths, count: 131)

    private static func shortCodes(_ kind: Kind, count: Int) -> [UInt8] {
        (0..<count).map { length in UInt8(kind.codes.lastIndex { $0.base <= length } ?? 0) }
    }

    @inline(__always)
    static func literalLengthCode(_ length: UInt32) -> UInt8 {
        length < 64 ? literalLengthCodes[Int(length)] : highBit(length) &+ 19
    }

    /// Precondition: the length is at least 3.
    @inline(__always)
    static func matchLengthCode(_ length: UInt32) -> UInt8 {
        length < 131 ? matchLengthCodes[Int(length)] : highBit(length &- 3) &+ 36
    }

    /// Precondition: the distance is not 0.
    @inline(__always)
    static func distanceCode(_ distance: UInt32) -> UInt8 { highBit(distance) }

    @inline(__always)
    private static func highBit(_ number: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: 31 &- number.leadingZeroBitCount)
    }
}
