/// An encoding of one or two bytes per character.
package final class DoubleByteTable: Sendable {
    /// By byte; U+FFFD if a single byte is not a character.
    private let singles: [UInt16]
    /// By first byte: the index in `cells` at which its row begins, -1 if it does not begin a character.
    private let rows: [Int32]
    private let firstTrail: UInt8
    private let lastTrail: UInt8
    private let cells: [UInt16]

    package init(_ packed: StaticString) {
        var table = PackedTable(packed)
        (firstTrail, lastTrail) = (table.byte(), table.byte())
        let leads = table.bytes(Int(table.byte()))
        singles = Array(0..<128) + table.u16s(128)
        let rowCells = Int(lastTrail - firstTrail) + 1
        var rows = [Int32](repeating: -1, count: 256)
        for (index, lead) in leads.enumerated() { rows[Int(lead)] = Int32(index * rowCells) }
        self.rows = rows
        // Each cell is stored as its difference from the preceding one: first all high bytes, then all low bytes.
        let count = leads.count * rowCells
        let high = table.bytes(count)
        let low = table.bytes(count)
        var before: UInt16 = 0
        cells = zip(high, low).map { high, low in
            before &+= UInt16(high) << 8 | UInt16(low)
            return before
        }
    }

    @inline(__always)
    private func isLead(_ byte: UInt8) -> Bool { rows[Int(byte)] >= 0 }

    /// The character of two bytes, U+FFFD if there is none.
    @inline(__always)
    package func character(_ lead: UInt8, _ trail: UInt8) -> UInt16 {
        let row = Int(rows[Int(lead)])
        guard row >= 0, trail >= firstTrail, trail <= lastTrail else { return UTF8Output.replacement }
        return cells[row &+ Int(trail &- firstTrail)]
    }

    /// Malformed bytes become U+FFFD, as in Java's `sun.nio.cs.DoubleByte`.
    package func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        var offset = 0
        while offset < bytes.count {
            let first = bytes[offset]
            offset &+= 1
            let single = singles[Int(first)]
            guard single == UTF8Output.replacement, offset < bytes.count else {
                output.append(single)
                continue
            }
            let second = bytes[offset]
            let character = character(first, second)
            output.append(character)
            // An unknown pair is skipped as a whole only if its second byte cannot begin a character.
            let isPair = character != UTF8Output.replacement
                || isLead(first) && !isLead(second) && singles[Int(second)] == UTF8Output.replacement
            if isPair { offset &+= 1 }
        }
    }
}
