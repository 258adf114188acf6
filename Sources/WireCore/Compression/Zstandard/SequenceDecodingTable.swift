/// The decoding table of one of the three codes of sequences.
struct SequenceDecodingTable: ~Copyable {
    struct Entry {
        /// The number that the code stands for is this one, plus `extraBits` bits.
        var base: UInt32
        /// The next state is this one, plus `stateBits` bits.
        var nextState: UInt16
        var extraBits: UInt8
        var stateBits: UInt8
    }

    let entries: UnsafeMutablePointer<Entry>
    /// The number of bits of the first state; nil: there is no table yet.
    private(set) var tableLog: Int?
    private let kind: ZstandardCodes.Kind

    init(_ kind: ZstandardCodes.Kind) {
        self.kind = kind
        entries = .allocate(capacity: 1 << kind.tableLogMax)
        entries.initialize(
            repeating: Entry(base: 0, nextState: 0, extraBits: 0, stateBits: 0), count: 1 << kind.tableLogMax)
    }

    deinit { entries.deallocate() }

    /// Forgets the table at the beginning of a frame.
    mutating func reset() { tableLog = nil }

    /// Makes the table for a block (RFC 8878, 3.1.1.3.2.1). Returns the number of bytes of its description, nil if that
    /// is damaged.
    mutating func read(mode: UInt8, _ bytes: UnsafeRawBufferPointer) -> Int? {
        switch mode {
        case 0:
            build(kind.predefined)
            return 0
        case 1:
            guard let symbol = bytes.first, symbol < kind.codes.count else { return nil }
            let code = kind.codes[Int(symbol)]
            entries[0] = Entry(base: code.base, nextState: 0, extraBits: code.bits, stateBits: 0)
            tableLog = 0
            return 1
        case 2:
            var byteCount = 0
            guard
                let distribution = try? FSEDistribution(
                    reading: bytes, tableLogMax: kind.tableLogMax, symbolsMax: kind.codes.count, byteCount: &byteCount)
            else { return nil }
            build(distribution)
            return byteCount
        default: return tableLog == nil ? nil : 0
        }
    }

    private mutating func build(_ distribution: FSEDistribution) {
        distribution.forEachState { state, symbol, bits, base in
            let code = kind.codes[symbol]
            entries[state] = Entry(
                base: code.base, nextState: UInt16(base), extraBits: code.bits, stateBits: UInt8(bits))
        }
        tableLog = distribution.tableLog
    }
}
