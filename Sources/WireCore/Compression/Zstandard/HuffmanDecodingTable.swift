/// The decoding table of a Huffman code (RFC 8878, 4.2), and the literals decoded with it.
struct HuffmanDecodingTable: ~Copyable {
    static let bitsMax = 11

    /// For each `bits` next bits of the stream: the symbol in the low byte, the number of its bits in the high byte.
    private let entries = UnsafeMutablePointer<UInt16>.allocate(capacity: 1 << bitsMax)
    /// 0: there is no code yet.
    private(set) var bits = 0

    init() { entries.initialize(repeating: 0, count: 1 << Self.bitsMax) }

    deinit { entries.deallocate() }

    enum FormatError: Error {
        case damaged
    }

    // MARK: Description

    /// Reads the description of a code (RFC 8878, 4.2.1). Returns the number of its bytes.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> Int {
        guard let header = bytes.first.map({ Int($0) }) else { throw .damaged }
        var weights: [UInt8] = []
        let byteCount: Int
        if header >= 128 {
            // Four bits each, the first in the high half.
            let count = header - 127
            byteCount = 1 + (count + 1) / 2
            guard byteCount <= bytes.count else { throw .damaged }
            for index in 0..<count {
                let pair = bytes[1 + index / 2]
                weights.append(index % 2 == 0 ? pair >> 4 : pair & 15)
            }
        } else {
            byteCount = 1 + header
            guard byteCount <= bytes.count else { throw .damaged }
            weights = try Self.compressedWeights(UnsafeRawBufferPointer(rebasing: bytes[1..<byteCount]))
        }
        try build(weights)
        return byteCount
    }

    /// Weights in an FSE stream, read by two states that alternate.
    private static func compressedWeights(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> [UInt8] {
        var tableBytes = 0
        let distribution: FSEDistribution
        do {
            distribution = try FSEDistribution(reading: bytes, tableLogMax: 6, symbolsMax: 13, byteCount: &tableBytes)
        } catch { throw .damaged }
        var states: [(symbol: UInt8, bits: Int, base: Int)] = []
        distribution.forEachState { _, symbol, bits, base in states.append((UInt8(symbol), bits, base)) }
        guard var stream = ReverseBitReader(UnsafeRawBufferPointer(rebasing: bytes[tableBytes...])) else {
            throw .damaged
        }
        var (first, second) = (stream.read(distribution.tableLog), stream.read(distribution.tableLog))
        guard !stream.isExhausted else { throw .damaged }
        var weights: [UInt8] = []
        // At most one symbol for each byte value but the last.
        while weights.count < 255 {
            weights.append(states[first].symbol)
            stream.refill()
            first = states[first].base + stream.read(states[first].bits)
            if stream.isExhausted {
                weights.append(states[second].symbol)
                return weights
            }
            swap(&first, &second)
        }
        throw .damaged
    }

    /// Builds the table. The weight of the last symbol is the one that completes the code.
    private mutating func build(_ weights: [UInt8]) throws(FormatError) {
        bits = 0
        var total = 0
        for weight in weights where weight > 0 {
            guard weight <= Self.bitsMax else { throw .damaged }
            total += 1 << (Int(weight) - 1)
        }
        guard total > 0 else { throw .damaged }
        let tableBits = Int.bitWidth - total.leadingZeroBitCount
        let rest = 1 << tableBits - total
        guard tableBits <= Self.bitsMax, rest & (rest - 1) == 0, weights.count < 256 else { throw .damaged }
        let all = weights + [UInt8(rest.trailingZeroBitCount + 1)]
        var entry = 0
        for weight in 1...tableBits {
            let width = 1 << (weight - 1)
            let code = UInt16(tableBits + 1 - weight) << 8
            for (symbol, found) in all.enumerated() where Int(found) == weight {
                (entries + entry).update(repeating: code | UInt16(symbol), count: width)
                entry += width
            }
        }
        bits = tableBits
    }

    // MARK: Literals

    /// Decodes `count` symbols from one stream. Returns false if the stream is damaged.
    borrowing func decode(
        _ stream: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>, count: Int
    ) -> Bool {
        guard var reader = ReverseBitReader(stream) else { return false }
        return decodeRest(&reader, from: target, to: target + count)
    }

    /// Decodes `count` symbols from four streams, which follow a table of the sizes of the first three.
    borrowing func decodeFourStreams(
        _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>, count: Int
    ) -> Bool {
        guard bytes.count >= 6 + 4, count >= 6 else { return false }
        let sizes = (0..<3).map { index in
            Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)))
        }
        let last = 6 + sizes[0] + sizes[1] + sizes[2]
        guard last < bytes.count else { return false }
        var start = 6
        func next(_ size: Int) -> ReverseBitReader? {
            defer { start += size }
            return ReverseBitReader(UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]))
        }
        guard var a = next(sizes[0]), var b = next(sizes[1]), var c = next(sizes[2]), var d = next(bytes.count - last)
        else { return false }
        let segment = (count + 3) / 4
        guard segment * 3 <= count else { return false }
        var (toA, toB, toC, toD) = (target, target + segment, target + segment * 2, target + segment * 3)
        let (endA, endB, endC, endD) = (toB, toC, toD, target + count)
        let entries = UnsafePointer(entries)
        let bits = bits
        // Five symbols have at most 55 bits, fewer than a refilled reader. The last segment is the shortest.
        while endD - toD >= 5, a.refill(), b.refill(), c.refill(), d.refill() {
            for index in 0..<5 {
                toA[index] = Self.symbol(&a, entries, bits)
                toB[index] = Self.symbol(&b, entries, bits)
                toC[index] = Self.symbol(&c, entries, bits)
                toD[index] = Self.symbol(&d, entries, bits)
            }
            toA += 5
            toB += 5
            toC += 5
            toD += 5
        }
        return decodeRest(&a, from: toA, to: endA) && decodeRest(&b, from: toB, to: endB)
            && decodeRest(&c, from: toC, to: endC) && decodeRest(&d, from: toD, to: endD)
    }

    private borrowing func decodeRest(
        _ reader: inout ReverseBitReader, from start: UnsafeMutablePointer<UInt8>, to end: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        var target = start
        while target < end {
            reader.refill()
            target.pointee = Self.symbol(&reader, entries, bits)
            target += 1
        }
        reader.refill()
        return reader.isAtEnd
    }

    @inline(__always)
    private static func symbol(
        _ reader: inout ReverseBitReader, _ entries: UnsafePointer<UInt16>, _ bits: Int
    ) -> UInt8 {
        let entry = entries[reader.peek(bits)]
        reader.skip(Int(entry &>> 8))
        return UInt8(truncatingIfNeeded: entry)
    }
}
