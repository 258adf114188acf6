/// What a block consists of: literals, and sequences that each append literals and then copy.
struct ZstandardSequences: ~Copyable {
    struct Sequence {
        var literalLength: UInt32
        var matchLength: UInt32
        /// The distance + 3, or 1 to 3 for recent distances.
        var distance: UInt32
    }

    static let matchLengthMin = 4

    let sequences: UnsafeMutablePointer<Sequence>
    private(set) var count = 0
    let literals: UnsafeMutablePointer<UInt8>
    private(set) var literalCount = 0

    init() {
        sequences = .allocate(capacity: ZstandardBlockDecoder.blockBytesMax / Self.matchLengthMin + 1)
        literals = .allocate(capacity: ZstandardBlockDecoder.blockBytesMax + WideCopy.slackBytes)
    }

    deinit {
        sequences.deallocate()
        literals.deallocate()
    }

    mutating func reset() {
        count = 0
        literalCount = 0
    }

    /// - Parameter literal: the first of the literals; the last ones need not have 16 bytes behind them.
    @inline(__always)
    mutating func append(
        literal: UnsafePointer<UInt8>, literalLength: Int, matchLength: Int, distance: Int
    ) {
        appendLiterals(literal, literalLength)
        sequences[count] = Sequence(
            literalLength: UInt32(truncatingIfNeeded: literalLength),
            matchLength: UInt32(truncatingIfNeeded: matchLength), distance: UInt32(truncatingIfNeeded: distance))
        count &+= 1
    }

    @inline(__always)
    mutating func appendLiterals(_ literal: UnsafePointer<UInt8>, _ length: Int) {
        (literals + literalCount).update(from: literal, count: length)
        literalCount &+= length
    }
}
