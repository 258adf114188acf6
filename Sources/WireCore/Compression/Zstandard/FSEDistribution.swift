/// The probabilities of the symbols of an FSE table (RFC 8878, 4.1).
struct FSEDistribution: Equatable, Sendable {
    /// The number of states is 2 to this power.
    let tableLog: Int
    /// For each symbol its number of states; -1: less than one, for which it gets one.
    var counts: [Int16]

    enum FormatError: Error {
        case damaged
    }

    /// The least table of the format.
    static let tableLogMin = 5

    init(tableLog: Int, counts: [Int16]) {
        self.tableLog = tableLog
        self.counts = counts
    }

    /// Reads a distribution (RFC 8878, 4.1.1). `byteCount` is afterwards the number of its bytes.
    init(
        reading bytes: UnsafeRawBufferPointer, tableLogMax: Int, symbolsMax: Int, byteCount: inout Int
    ) throws(FormatError) {
        var reader = ForwardBitReader(bytes)
        tableLog = reader.read(4) + Self.tableLogMin
        guard tableLog <= tableLogMax else { throw .damaged }
        counts = []
        var remaining = 1 << tableLog
        while remaining > 0 {
            guard counts.count < symbolsMax else { throw .damaged }
            // A number up to `remaining` + 1. Small numbers have a bit less.
            let bits = Int.bitWidth - (remaining + 1).leadingZeroBitCount
            let shortMask = 1 << (bits - 1) - 1
            let shortCount = 1 << bits - 1 - (remaining + 1)
            var number = reader.peek(bits)
            if number & shortMask < shortCount {
                number &= shortMask
                reader.skip(bits - 1)
            } else {
                if number > shortMask { number -= shortCount }
                reader.skip(bits)
            }
            let count = number - 1
            remaining -= abs(count)
            counts.append(Int16(count))
            guard count == 0 else { continue }
            // The number of further symbols without states, in steps of three.
            var repeated = 3
            while repeated == 3 {
                repeated = reader.read(2)
                guard counts.count + repeated <= symbolsMax else { throw .damaged }
                counts += repeatElement(0, count: repeated)
            }
        }
        guard remaining == 0, !reader.isExhausted else { throw .damaged }
        byteCount = reader.byteCount
    }

    /// Calls `body` for each state with its symbol, the number of bits that lead to the next state, and the number to
    /// which they are added.
    func forEachState(_ body: (_ state: Int, _ symbol: Int, _ bits: Int, _ base: Int) -> Void) {
        var next = counts.map { $0 == -1 ? 1 : Int($0) }
        for (state, symbol) in spreadSymbols().enumerated() {
            let number = next[symbol]
            next[symbol] += 1
            let bits = tableLog - (Int.bitWidth - 1 - number.leadingZeroBitCount)
            body(state, symbol, bits, number << bits - 1 << tableLog)
        }
    }

    /// The symbol of each state.
    func spreadSymbols() -> [Int] {
        let size = 1 << tableLog
        var symbols = [Int](repeating: 0, count: size)
        var high = size - 1
        for (symbol, count) in counts.enumerated() where count == -1 {
            symbols[high] = symbol
            high -= 1
        }
        var position = 0
        for (symbol, count) in counts.enumerated() where count > 0 {
            for _ in 0..<count {
                symbols[position] = symbol
                repeat {
                    position = (position + size >> 1 + size >> 3 + 3) & (size - 1)
                } while position > high
            }
        }
        return symbols
    }

    /// A bit stream from its beginning, lowest bits first. Beyond its end there are zeros.
    private struct ForwardBitReader {
        private let bytes: UnsafeRawBufferPointer
        private var position = 0

        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        var byteCount: Int { (position + 7) / 8 }
        var isExhausted: Bool { byteCount > bytes.count }

        func peek(_ count: Int) -> Int {
            var bits = 0
            for index in 0..<3 where position / 8 + index < bytes.count {
                bits |= Int(bytes[position / 8 + index]) << (8 * index)
            }
            return bits >> (position % 8) & (1 << count - 1)
        }

        mutating func skip(_ count: Int) { position += count }

        mutating func read(_ count: Int) -> Int {
            defer { skip(count) }
            return peek(count)
        }
    }
}
