/// A Huffman code for bytes (RFC 8878, 4.2), with which literals are written.
struct HuffmanCode {
    static let bitsMax = 11

    /// For each byte the number of its bits, 0 for those that do not occur.
    let lengths: [UInt8]
    /// For each byte its bits and, above them, their number.
    private let codes: [UInt32]
    private static let lengthShift: UInt32 = 16

    /// - Precondition: two bytes at least occur.
    /// - Parameter frequencies: of all 256 bytes.
    init(frequencies: [UInt32]) {
        lengths = Self.limited(Self.optimalLengths(frequencies), frequencies)
        codes = Self.codes(lengths)
    }

    /// The size of the bytes in bits.
    func cost(of frequencies: [UInt32]) -> Int {
        zip(lengths, frequencies).reduce(0) { $0 + Int($1.0) * Int($1.1) }
    }

    // MARK: Construction

    /// The lengths of an unlimited code: the two rarest nodes get a common parent until one is left.
    private static func optimalLengths(_ frequencies: [UInt32]) -> [UInt8] {
        let leaves = frequencies.indices.filter { frequencies[$0] > 0 }.sorted { frequencies[$0] < frequencies[$1] }
        var weights = leaves.map { Int(frequencies[$0]) }
        var parents = [Int](repeating: 0, count: leaves.count * 2 - 1)
        // Leaves and inner nodes are each sorted: the rarest is the first of one of them.
        var (leaf, inner) = (0, leaves.count)
        for node in leaves.count..<leaves.count * 2 - 1 {
            var weight = 0
            for _ in 0..<2 {
                let takesLeaf = leaf < leaves.count && (inner == node || weights[leaf] <= weights[inner])
                let child = takesLeaf ? leaf : inner
                if takesLeaf { leaf += 1 } else { inner += 1 }
                weight += weights[child]
                parents[child] = node
            }
            weights.append(weight)
        }
        var depths = [UInt8](repeating: 0, count: parents.count)
        for node in depths.indices.dropLast().reversed() { depths[node] = depths[parents[node]] &+ 1 }
        var lengths = [UInt8](repeating: 0, count: frequencies.count)
        for (index, byte) in leaves.enumerated() { lengths[byte] = depths[index] }
        return lengths
    }

    /// Shortens codes to `bitsMax` and makes the code complete again, at the cost of the rarest bytes.
    private static func limited(_ lengths: [UInt8], _ frequencies: [UInt32]) -> [UInt8] {
        guard lengths.contains(where: { $0 > bitsMax }) else { return lengths }
        var lengths = lengths.map { min($0, UInt8(bitsMax)) }
        // How much of the space of codes is used, in codes of the greatest length.
        func share(_ length: UInt8) -> Int { 1 << (bitsMax - Int(length)) }
        var excess = lengths.reduce(-(1 << bitsMax)) { $0 + ($1 > 0 ? share($1) : 0) }
        while excess > 0 {
            let candidates = lengths.indices.filter { lengths[$0] > 0 && lengths[$0] < bitsMax }
            guard let rarest = candidates.max(by: { (lengths[$0], frequencies[$1]) < (lengths[$1], frequencies[$0]) })
            else { break }
            excess -= share(lengths[rarest]) / 2
            lengths[rarest] += 1
        }
        while excess < 0 {
            // A code that becomes one bit shorter needs its own share once more.
            let candidates = lengths.indices.filter { lengths[$0] > 1 && share(lengths[$0]) <= -excess }
            guard let best = candidates.max(by: { frequencies[$0] < frequencies[$1] }) else { break }
            excess += share(lengths[best])
            lengths[best] -= 1
        }
        return lengths
    }

    /// Codes in the order of the decoding table: the longest first, then by byte.
    private static func codes(_ lengths: [UInt8]) -> [UInt32] {
        let longest = Int(lengths.max() ?? 0)
        var codes = [UInt32](repeating: 0, count: lengths.count)
        var entry = 0
        for length in stride(from: longest, to: 0, by: -1) {
            for (byte, found) in lengths.enumerated() where Int(found) == length {
                codes[byte] = UInt32(length) << lengthShift | UInt32(entry >> (longest - length))
                entry += 1 << (longest - length)
            }
        }
        return codes
    }

    // MARK: Writing

    /// Appends the description that `HuffmanDecodingTable.read` reads. Returns false if there is none: more than 128
    /// bytes with equal weights.
    func writeDescription(into writer: inout ByteWriter) -> Bool {
        let longest = lengths.max() ?? 0
        guard let last = lengths.lastIndex(where: { $0 > 0 }) else { return false }
        // The last one is the rest.
        let weights = lengths[..<last].map { $0 == 0 ? 0 : longest + 1 - $0 }
        let offset = writer.count
        if let compressed = Self.compressed(weights), compressed.count < min(128, (weights.count + 1) / 2) {
            writer.byte(UInt8(compressed.count))
            writer.bytes(compressed)
            return true
        }
        guard weights.count <= 128 else { return false }
        writer.truncate(to: offset)
        writer.byte(UInt8(127 + weights.count))
        for index in stride(from: 0, to: weights.count, by: 2) {
            writer.byte(weights[index] << 4 | (index + 1 < weights.count ? weights[index + 1] : 0))
        }
        return true
    }

    private static func compressed(_ weights: [UInt8]) -> [UInt8]? {
        var frequencies = [UInt32](repeating: 0, count: bitsMax + 2)
        for weight in weights { frequencies[Int(weight)] += 1 }
        guard weights.count > 2, frequencies.count(where: { $0 > 0 }) > 1 else { return nil }
        let distribution = FSEDistribution(frequencies: frequencies, tableLogMax: 6)
        var writer = ByteWriter(capacityBytes: 512)
        distribution.write(into: &writer)
        var table = FSEEncodingTable(tableLogMax: 6, symbolsMax: frequencies.count)
        table.build(distribution)
        // Two states alternate, the first has the even places.
        var states = [0, 0]
        var bits = ForwardBitWriter(to: writer.room(for: weights.count + 16))
        for (index, weight) in weights.enumerated().reversed() {
            if index >= weights.count - 2 {
                states[index % 2] = table.firstState(Int(weight))
            } else {
                table.encode(Int(weight), &states[index % 2], &bits)
                bits.flush()
            }
        }
        table.finish(states[1], &bits)
        table.finish(states[0], &bits)
        writer.end = bits.finish()
        return writer.array()
    }

    /// Appends bytes as one stream.
    func write(_ bytes: UnsafeBufferPointer<UInt8>, into writer: inout ByteWriter) {
        // At most `bitsMax` bits each.
        var stream = ForwardBitWriter(to: writer.room(for: bytes.count * Self.bitsMax / 8 + 16))
        codes.withUnsafeBufferPointer { codes in
            guard let codes = codes.baseAddress, let start = bytes.baseAddress else { return }
            var position = start + bytes.count
            while position - start >= 4 {
                position -= 4
                Self.append(codes[Int(position[3])], &stream)
                Self.append(codes[Int(position[2])], &stream)
                Self.append(codes[Int(position[1])], &stream)
                Self.append(codes[Int(position[0])], &stream)
                stream.flush()
            }
            while position > start {
                position -= 1
                Self.append(codes[Int(position.pointee)], &stream)
                stream.flush()
            }
        }
        writer.end = stream.finish()
    }

    @inline(__always)
    private static func append(_ code: UInt32, _ stream: inout ForwardBitWriter) {
        stream.append(UInt64(code & 0xFFFF), Int(code &>> lengthShift))
    }
}
