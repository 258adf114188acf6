/// Writes the sequences of a block (RFC 8878, 3.1.1.3). Each block has codes of its own.
struct ZstandardBlockEncoder: ~Copyable {
    private var literalLengths = SequenceEncoder(ZstandardCodes.literalLengths)
    private var distances = SequenceEncoder(ZstandardCodes.distances)
    private var matchLengths = SequenceEncoder(ZstandardCodes.matchLengths)

    /// The maximum number of bytes that a block may take; a larger one is stored.
    static let blockBytesMax = ZstandardBlockDecoder.blockBytesMax

    /// Appends the content of a compressed block.
    mutating func append(_ block: borrowing ZstandardSequences, into writer: inout ByteWriter) {
        let literals = UnsafeBufferPointer(start: UnsafePointer(block.literals), count: block.literalCount)
        if !LiteralEncoder.appendCompressed(literals, into: &writer) {
            LiteralEncoder.appendRaw(literals, into: &writer)
        }
        Self.appendCount(block.count, into: &writer)
        if block.count > 0 { appendSequences(block, into: &writer) }
    }

    private static func appendCount(_ count: Int, into writer: inout ByteWriter) {
        if count < 128 {
            writer.byte(UInt8(count))
        } else if count < 0x7F00 {
            writer.byte(UInt8(128 + count >> 8))
            writer.byte(UInt8(truncatingIfNeeded: count))
        } else {
            writer.byte(255)
            writer.littleEndian(UInt16(count - 0x7F00))
        }
    }

    private mutating func appendSequences(_ block: borrowing ZstandardSequences, into writer: inout ByteWriter) {
        let sequences = UnsafeBufferPointer(start: UnsafePointer(block.sequences), count: block.count)
        literalLengths.count(sequences) { ZstandardCodes.literalLengthCode($0.literalLength) }
        distances.count(sequences) { ZstandardCodes.distanceCode($0.distance) }
        matchLengths.count(sequences) { ZstandardCodes.matchLengthCode($0.matchLength) }
        let modesOffset = writer.count
        writer.byte(0)
        var modes = literalLengths.prepare(sequenceCount: block.count, into: &writer) << 6
        modes |= distances.prepare(sequenceCount: block.count, into: &writer) << 4
        modes |= matchLengths.prepare(sequenceCount: block.count, into: &writer) << 2
        writer.patchBigEndian(modes, at: modesOffset)

        // At most 89 bits each: three states and the bits of three codes.
        var stream = ForwardBitWriter(to: writer.room(for: block.count * 12 + 24))
        var index = block.count - 1
        var sequence = sequences[index]
        var literalState = literalLengths.firstState(index)
        var distanceState = distances.firstState(index)
        var matchState = matchLengths.firstState(index)
        while true {
            literalLengths.appendExtraBits(sequence.literalLength, index, &stream)
            matchLengths.appendExtraBits(sequence.matchLength, index, &stream)
            stream.flush()
            distances.appendExtraBits(sequence.distance, index, &stream)
            stream.flush()
            guard index > 0 else { break }
            index -= 1
            sequence = sequences[index]
            distances.encode(index, &distanceState, &stream)
            matchLengths.encode(index, &matchState, &stream)
            literalLengths.encode(index, &literalState, &stream)
            // At most 26 bits, and then 32 of two lengths: more than 56 with the 7 that were left.
            stream.flush()
        }
        matchLengths.finish(matchState, &stream)
        distances.finish(distanceState, &stream)
        literalLengths.finish(literalState, &stream)
        writer.end = stream.finish()
    }

    /// Encodes one of the three numbers of all sequences.
    private struct SequenceEncoder: ~Copyable {
        private let kind: ZstandardCodes.Kind
        private var table: FSEEncodingTable
        private var frequencies: [UInt32]
        private let codes: UnsafeMutablePointer<UInt8>

        init(_ kind: ZstandardCodes.Kind) {
            self.kind = kind
            table = FSEEncodingTable(tableLogMax: kind.tableLogMax, symbolsMax: kind.codes.count)
            frequencies = Array(repeating: 0, count: kind.codes.count)
            codes = .allocate(
                capacity: ZstandardBlockDecoder.blockBytesMax / ZstandardSequences.matchLengthMin + 1)
        }

        deinit { codes.deallocate() }

        /// Determines the codes and counts them.
        @inline(__always)
        mutating func count(
            _ sequences: UnsafeBufferPointer<ZstandardSequences.Sequence>,
            code: (ZstandardSequences.Sequence) -> UInt8
        ) {
            let codes = codes
            frequencies.withUnsafeMutableBufferPointer { frequencies in
                frequencies.update(repeating: 0)
                for index in sequences.indices {
                    let code = code(sequences[index])
                    codes[index] = code
                    frequencies[Int(code)] &+= 1
                }
            }
        }

        /// Chooses the code that makes the sequences smallest, and appends its description. Returns its mode.
        mutating func prepare(sequenceCount: Int, into writer: inout ByteWriter) -> UInt8 {
            let predefinedCost = kind.predefined.cost(of: frequencies)
            if frequencies[Int(codes[0])] == sequenceCount {
                // The only symbol takes a byte, and no bits.
                guard let predefinedCost, predefinedCost <= 8 << 8 else {
                    table.build(onlySymbol: Int(codes[0]))
                    writer.byte(codes[0])
                    return 1
                }
                table.build(kind.predefined)
                return 0
            }
            let distribution = FSEDistribution(frequencies: frequencies, tableLogMax: kind.tableLogMax)
            let offset = writer.count
            distribution.write(into: &writer)
            let own = distribution.cost(of: frequencies).map { $0 + (writer.count - offset) << 11 }
            if let predefinedCost, own.map({ predefinedCost <= $0 }) ?? true {
                writer.truncate(to: offset)
                table.build(kind.predefined)
                return 0
            }
            table.build(distribution)
            return 2
        }

        @inline(__always)
        func firstState(_ index: Int) -> Int { table.firstState(Int(codes[index])) }

        @inline(__always)
        func encode(_ index: Int, _ state: inout Int, _ stream: inout ForwardBitWriter) {
            table.encode(Int(codes[index]), &state, &stream)
        }

        @inline(__always)
        func finish(_ state: Int, _ stream: inout ForwardBitWriter) { table.finish(state, &stream) }

        @inline(__always)
        func appendExtraBits(_ number: UInt32, _ index: Int, _ stream: inout ForwardBitWriter) {
            let code = kind.codes[Int(codes[index])]
            stream.append(UInt64(number &- code.base), Int(code.bits))
        }
    }
}
