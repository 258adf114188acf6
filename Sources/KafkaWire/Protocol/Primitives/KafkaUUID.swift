/// Kafka's UUID, which identifies topics since KIP-516. All zeros means "none".
public struct KafkaUUID: Hashable, Sendable, CustomStringConvertible {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    /// No UUID.
    public static let zero = KafkaUUID(high: 0, low: 0)

    /// The UUID of these bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version 4 UUID whose text does not begin with a dash, as Kafka requires of topic ids.
    package static func random() -> KafkaUUID {
        while true {
            let candidate = KafkaUUID(
                high: UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000,
                low: UInt64.random(in: .min ... .max) & (.max >> 2) | 1 << 63)
            if !candidate.description.hasPrefix("-") { return candidate }
        }
    }

    /// Kafka's text form: URL-safe base64, 22 characters, no padding.
    public var description: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for index in 0..<22 {
            // The 128 bits are followed by four zero bits to fill the last digit.
            let shift = 122 - index * 6
            let bits = shift < 0 ? low << 4 : shift >= 64 ? high >> (shift - 64) : low >> shift | straddle(shift)
            text.append(alphabet[Int(bits & 0x3F)])
        }
        return text
    }

    private func straddle(_ shift: Int) -> UInt64 { shift > 58 && shift < 64 ? high << (64 - shift) : 0 }
}
