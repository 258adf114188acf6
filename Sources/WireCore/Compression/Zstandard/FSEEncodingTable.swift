/// The encoding table of an FSE code: from the state after a symbol to the one before it, since symbols are encoded
/// from the last to the first.
struct FSEEncodingTable: ~Copyable {
    private struct Symbol {
        /// Added to a state, its upper 16 bits are the number of bits that the state gives off.
        var bitCountOffset: UInt32
        var stateOffset: Int32
    }

    private let symbols: UnsafeMutablePointer<Symbol>
    private let states: UnsafeMutablePointer<UInt16>
    private(set) var tableLog = 0

    init(tableLogMax: Int, symbolsMax: Int) {
        symbols = .allocate(capacity: symbolsMax)
        symbols.initialize(repeating: Symbol(bitCountOffset: 0, stateOffset: 0), count: symbolsMax)
        states = .allocate(capacity: 1 << tableLogMax)
        states.initialize(repeating: 0, count: 1 << tableLogMax)
    }

    deinit {
        symbols.deallocate()
        states.deallocate()
    }

    mutating func build(_ distribution: FSEDistribution) {
        tableLog = distribution.tableLog
        let size = 1 << tableLog
        var first = 0
        var next: [Int] = []
        for (symbol, count) in distribution.counts.enumerated() {
            next.append(first)
            let count = count == -1 ? 1 : Int(count)
            guard count > 0 else { continue }
            let bits = count == 1 ? tableLog : tableLog - (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
            symbols[symbol] = Symbol(
                bitCountOffset: UInt32(bits << 16 - count << bits), stateOffset: Int32(first - count))
            first += count
        }
        for (state, symbol) in distribution.spreadSymbols().enumerated() {
            states[next[symbol]] = UInt16(size + state)
            next[symbol] += 1
        }
    }

    /// The table of a code with one symbol, which takes no bits.
    mutating func build(onlySymbol symbol: Int) {
        tableLog = 0
        symbols[symbol] = Symbol(bitCountOffset: 0, stateOffset: 0)
        states[0] = 0
    }

    /// The state with which the last symbol is encoded.
    @inline(__always)
    func firstState(_ symbol: Int) -> Int {
        let code = symbols[symbol]
        let bits = (code.bitCountOffset &+ 1 &<< 15) &>> 16
        let value = bits &<< 16 &- code.bitCountOffset
        return Int(states[Int(value &>> bits) &+ Int(code.stateOffset)])
    }

    /// Encodes the symbol before those that are encoded.
    @inline(__always)
    func encode(_ symbol: Int, _ state: inout Int, _ writer: inout ForwardBitWriter) {
        let code = symbols[symbol]
        let bits = (UInt32(truncatingIfNeeded: state) &+ code.bitCountOffset) &>> 16
        writer.append(UInt64(truncatingIfNeeded: state) & (1 &<< UInt64(bits) &- 1), Int(bits))
        state = Int(states[state &>> Int(bits) &+ Int(code.stateOffset)])
    }

    /// Writes the state of the first symbol, which the decoder reads first.
    @inline(__always)
    func finish(_ state: Int, _ writer: inout ForwardBitWriter) {
        writer.append(UInt64(state) & (1 &<< UInt64(tableLog) &- 1), tableLog)
    }
}
