/// Expands the blocks of a Zstandard frame (RFC 8878, 3.1.1.2). What one block passes on to the next is kept here.
struct ZstandardBlockDecoder: ~Copyable {
    static let blockBytesMax = 128 << 10

    struct FormatError: Error {
        let reason: String
    }

    private var literalCode = HuffmanDecodingTable()
    private var hasLiteralCode = false
    private var literalLengths = SequenceDecodingTable(ZstandardCodes.literalLengths)
    private var distances = SequenceDecodingTable(ZstandardCodes.distances)
    private var matchLengths = SequenceDecodingTable(ZstandardCodes.matchLengths)
    private var recentDistances = (1, 4, 8)
    /// The literals of a block.
    private let literals = UnsafeMutablePointer<UInt8>.allocate(capacity: blockBytesMax + WideCopy.slackBytes)

    deinit { literals.deallocate() }

    mutating func beginFrame() {
        hasLiteralCode = false
        literalLengths.reset()
        distances.reset()
        matchLengths.reset()
        recentDistances = (1, 4, 8)
    }

    /// Writes the content of a compressed block.
    ///
    /// - Parameters:
    ///   - target: has `WideCopy.slackBytes` more memory than `contentBytesMax`.
    ///   - history: the beginning of the frame's content.
    /// - Returns: the address after the content.
    mutating func expand(
        _ block: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>, contentBytesMax: Int,
        history: UnsafeMutablePointer<UInt8>
    ) throws(FormatError) -> UnsafeMutablePointer<UInt8> {
        let (literalCount, literalBytes) = try readLiterals(block)
        let sequences = UnsafeRawBufferPointer(rebasing: block[literalBytes...])
        guard let first = sequences.first.map({ Int($0) }) else {
            throw FormatError(reason: "a block has no number of sequences")
        }
        let headerBytes = first < 128 ? 1 : first < 255 ? 2 : 3
        guard sequences.count >= headerBytes else { throw FormatError(reason: "a block ends too early") }
        let count =
            switch headerBytes {
            case 1: first
            case 2: (first - 128) << 8 + Int(sequences[1])
            default: Int(sequences[1]) + Int(sequences[2]) << 8 + 0x7F00
            }
        var output = Output(
            target: target, end: target + contentBytesMax, history: history, literal: UnsafePointer(literals),
            literalEnd: UnsafePointer(literals + literalCount))
        if count > 0 {
            let stream = try readTables(UnsafeRawBufferPointer(rebasing: sequences[headerBytes...]))
            try execute(stream, count: count, &output)
        } else if sequences.count > headerBytes {
            throw FormatError(reason: "a block has bytes after its literals")
        }
        guard let end = output.appendLiterals() else { throw FormatError(reason: "a block is too large") }
        return end
    }

    // MARK: Literals

    /// Reads the literals section (RFC 8878, 3.1.1.3.1). Returns the number of literals and that of its bytes.
    private mutating func readLiterals(_ block: UnsafeRawBufferPointer) throws(FormatError) -> (Int, Int) {
        guard let first = block.first else { throw FormatError(reason: "a block is empty") }
        let (type, sizeFormat) = (first & 3, Int(first >> 2 & 3))
        let isCompressed = type >= 2
        let headerBytes = isCompressed ? [3, 3, 4, 5][sizeFormat] : [1, 2, 1, 3][sizeFormat]
        guard block.count >= headerBytes else { throw FormatError(reason: "a block ends too early") }
        let header = Int(UnsafeRawBufferPointer(rebasing: block[..<headerBytes]).littleEndian(headerBytes))
        guard isCompressed else {
            let count = sizeFormat % 2 == 0 ? header >> 3 : header >> 4
            guard count <= Self.blockBytesMax else { throw FormatError(reason: "a block has too many literals") }
            guard type == 0 else {
                guard block.count > headerBytes else { throw FormatError(reason: "a block ends too early") }
                literals.update(repeating: block[headerBytes], count: count)
                return (count, headerBytes + 1)
            }
            guard count <= block.count - headerBytes else { throw FormatError(reason: "a block ends too early") }
            UnsafeMutableRawBufferPointer(start: literals, count: count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[headerBytes..<headerBytes + count]))
            return (count, headerBytes + count)
        }
        let bits = [10, 10, 14, 18][sizeFormat]
        let count = header >> 4 & (1 << bits - 1)
        let compressedBytes = header >> (4 + bits) & (1 << bits - 1)
        guard count <= Self.blockBytesMax else { throw FormatError(reason: "a block has too many literals") }
        guard compressedBytes <= block.count - headerBytes else { throw FormatError(reason: "a block ends too early") }
        let end = headerBytes + compressedBytes
        var stream = UnsafeRawBufferPointer(rebasing: block[headerBytes..<end])
        if type == 2 {
            hasLiteralCode = false
            do {
                stream = UnsafeRawBufferPointer(rebasing: stream[(try literalCode.read(stream))...])
            } catch { throw FormatError(reason: "the Huffman code of a block is damaged") }
            hasLiteralCode = true
        }
        guard hasLiteralCode else { throw FormatError(reason: "a block repeats a Huffman code that is not there") }
        let isDecoded =
            sizeFormat == 0
            ? literalCode.decode(stream, to: literals, count: count)
            : literalCode.decodeFourStreams(stream, to: literals, count: count)
        guard isDecoded else { throw FormatError(reason: "the literals of a block are damaged") }
        return (count, end)
    }

    // MARK: Sequences

    /// Reads the tables of the codes. Returns the stream of the sequences.
    private mutating func readTables(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> UnsafeRawBufferPointer {
        guard let modes = bytes.first, modes & 3 == 0 else { throw FormatError(reason: "reserved bits are set") }
        var rest = UnsafeRawBufferPointer(rebasing: bytes[1...])
        func skip(_ count: Int?) throws(FormatError) {
            guard let count, count <= rest.count else { throw FormatError(reason: "a table of a block is damaged") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        try skip(literalLengths.read(mode: modes >> 6, rest))
        try skip(distances.read(mode: modes >> 4 & 3, rest))
        try skip(matchLengths.read(mode: modes >> 2 & 3, rest))
        return rest
    }

    private mutating func execute(
        _ stream: UnsafeRawBufferPointer, count: Int, _ output: inout Output
    ) throws(FormatError) {
        guard var reader = ReverseBitReader(stream), let literalLog = literalLengths.tableLog,
            let distanceLog = distances.tableLog, let matchLog = matchLengths.tableLog
        else { throw FormatError(reason: "the sequences of a block are damaged") }
        let literalEntries = UnsafePointer(literalLengths.entries)
        let distanceEntries = UnsafePointer(distances.entries)
        let matchEntries = UnsafePointer(matchLengths.entries)
        var literalState = reader.read(literalLog)
        var distanceState = reader.read(distanceLog)
        var matchState = reader.read(matchLog)
        var (recent1, recent2, recent3) = recentDistances
        for index in 0..<count {
            let literal = literalEntries[literalState]
            let distanceEntry = distanceEntries[distanceState]
            let match = matchEntries[matchState]
            reader.refill()
            var distance = Int(distanceEntry.base) &+ reader.read(Int(distanceEntry.extraBits))
            // 31 bits of a distance, and 16 each of two lengths, are more than a refilled reader has.
            if distanceEntry.extraBits > 24 { reader.refill() }
            let matchLength = Int(match.base) &+ reader.read(Int(match.extraBits))
            let literalLength = Int(literal.base) &+ reader.read(Int(literal.extraBits))
            if distance > 3 {
                distance &-= 3
                (recent1, recent2, recent3) = (distance, recent1, recent2)
            } else {
                // Without literals the numbers mean the second, the third, and the first less 1.
                switch distance &+ (literalLength == 0 ? 1 : 0) {
                case 1: distance = recent1
                case 2:
                    distance = recent2
                    (recent1, recent2) = (distance, recent1)
                case 3:
                    distance = recent3
                    (recent1, recent2, recent3) = (distance, recent1, recent2)
                default:
                    distance = recent1 &- 1
                    (recent1, recent2, recent3) = (distance, recent1, recent2)
                }
            }
            guard output.append(literals: literalLength, distance: distance, length: matchLength) else {
                throw FormatError(reason: "a sequence reaches beyond the content or the literals")
            }
            guard index < count - 1 else { break }
            reader.refill()
            literalState = Int(literal.nextState) &+ reader.read(Int(literal.stateBits))
            matchState = Int(match.nextState) &+ reader.read(Int(match.stateBits))
            distanceState = Int(distanceEntry.nextState) &+ reader.read(Int(distanceEntry.stateBits))
        }
        recentDistances = (recent1, recent2, recent3)
        reader.refill()
        guard reader.isAtEnd else { throw FormatError(reason: "the sequences of a block do not end with its stream") }
    }

    /// The content that is written.
    private struct Output {
        var target: UnsafeMutablePointer<UInt8>
        let end: UnsafeMutablePointer<UInt8>
        let history: UnsafeMutablePointer<UInt8>
        var literal: UnsafePointer<UInt8>
        let literalEnd: UnsafePointer<UInt8>

        /// Returns false if there are fewer literals, less content before or less room.
        @inline(__always)
        mutating func append(literals: Int, distance: Int, length: Int) -> Bool {
            guard literals <= literalEnd - literal, literals &+ length <= end - target else { return false }
            // The literals and the content both have room behind them.
            WideCopy.copy(from: literal, to: target, count: literals)
            literal += literals
            target += literals
            guard distance > 0, distance <= target - history else { return false }
            WideCopy.repeatBytes(at: distance, to: target, count: length)
            target += length
            return true
        }

        /// Appends the literals after the last sequence. Returns the end of the content.
        func appendLiterals() -> UnsafeMutablePointer<UInt8>? {
            let count = literalEnd - literal
            guard count <= end - target else { return nil }
            target.update(from: literal, count: count)
            return target + count
        }
    }
}
