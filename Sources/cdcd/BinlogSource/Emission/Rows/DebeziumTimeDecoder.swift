import MySQLWire

/// A streamed TIME as Debezium 1.9 decodes it: negative times whose fraction is 0 are wrong.
///
/// MySQL stores a negative time as the biased two's complement of one number: clock and fraction. If the fraction is 0,
/// the complement's carry goes into the clock; Debezium 1.9 inverts each part separately instead, and adds the carry to
/// the seconds only if they are below 59 and the type has no fraction. With a fraction the carry becomes an overflow of
/// the fraction.
enum DebeziumTimeDecoder {
    /// - Parameter cell: three bytes of clock (see `StoredTemporal.time2`), and none to three of fraction.
    static func microseconds(_ cell: UnsafeRawBufferPointer) -> Int64 {
        guard cell[0] & 0x80 == 0, cell[3...].allSatisfy({ $0 == 0 }) else { return StoredTemporal.time2(cell) }
        let clock = ~(Int64(cell[0]) << 16 | Int64(cell[1]) << 8 | Int64(cell[2])) & 0x7F_FFFF
        let second = clock & 63
        let carry: Int64 = switch cell.count {
        case 3: second < 59 ? 1_000_000 : 0
        // 2³¹ − 1 ns.
        case 4, 5: 2_147_483
        // 2²⁰ µs.
        default: 1_048_576
        }
        return -(((clock >> 12 & 0x3FF) * 3600 + (clock >> 6 & 63) * 60 + second) * 1_000_000 + carry)
    }
}
