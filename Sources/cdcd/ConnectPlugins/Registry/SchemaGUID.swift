import WireCore

/// The GUIDs of Confluent's registry, as text and as 16 bytes.
enum SchemaGUID {
    /// Precondition: 16 bytes.
    static func text(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: UUIDText.byteCount) { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return bytes.withUnsafeBytes { UUIDText.write($0, to: start) } - start
        }
    }

    /// Returns nil if the text is not a GUID.
    static func bytes(_ text: String) -> [UInt8]? {
        let utf8 = Array(text.utf8)
        guard utf8.count == UUIDText.byteCount else { return nil }
        var bytes: [UInt8] = []
        var index = 0
        while index < utf8.count {
            if [8, 13, 18, 23].contains(index) {
                guard utf8[index] == UInt8(ascii: "-") else { return nil }
                index += 1
                continue
            }
            guard let high = utf8[index].hexDigitValue, let low = utf8[index + 1].hexDigitValue else { return nil }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }
}
