import WireCore

/// A server's UUID, the first part of MySQL's GTIDs.
public struct ServerUUID: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Precondition: 16 bytes.
    init(bytes: [UInt8]) {
        precondition(bytes.count == 16)
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
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
        String(unsafeUninitializedCapacity: 36) { text in
            var end = 0
            for place in 0..<32 {
                if place == 8 || place == 12 || place == 16 || place == 20 {
                    text[end] = UInt8(ascii: "-")
                    end += 1
                }
                let half = place < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - place % 16 * 4)) & 15
                text[end] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                end += 1
            }
            return end
        }
    }
}
