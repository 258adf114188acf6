extension KafkaUUID {
    /// Parses Kafka's text form of a UUID: URL-safe base64, 22 characters, no padding. Returns nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 22 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in text.utf8.enumerated() {
            guard let digit = Self.digit(byte) else { return nil }
            // The last digit has four bits more than the UUID.
            let bits: UInt64 = index == 21 ? 2 : 6
            if index == 21, digit & 0x0F != 0 { return nil }
            high = high << bits | low >> (64 - bits)
            low = low << bits | (index == 21 ? digit >> 4 : digit)
        }
        self.init(high: high, low: low)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(byte - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
