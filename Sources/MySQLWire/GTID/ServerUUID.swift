import WireCore

/// A server's UUID, the first part of MySQL's GTIDs.
public struct ServerUUID: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Reads 16 bytes.
    @_lifetime(reader: copy reader)
    init(from reader: inout ByteReader) throws(WireError) {
        high = try reader.bigEndian(UInt64.self)
        low = try reader.bigEndian(UInt64.self)
    }

    /// Parses `3e11fa47-71ca-11e1-9e33-c80aa9429562`, in any case and with or without dashes. Returns nil for anything
    /// else.
    public init?(_ text: some StringProtocol) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32 else { return nil }
        var halves: [UInt64] = []
        for half in [digits.prefix(16), digits.suffix(16)] {
            guard half.first != UInt8(ascii: "+"), let value = UInt64(String(decoding: half, as: UTF8.self), radix: 16)
            else { return nil }
            halves.append(value)
        }
        (high, low) = (halves[0], halves[1])
    }

    var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - $0 * 8)) } }
    }

    public static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }

    public var description: String {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes in
            String(unsafeUninitializedCapacity: UUIDText.byteCount) { text in
                text.baseAddress.map { UUIDText.write(bytes, to: $0) - $0 } ?? 0
            }
        }
    }
}
