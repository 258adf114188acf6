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
        let (utf8, hyphens) = (Array(text.utf8), [8, 13, 18, 23])
        guard utf8.count == UUIDText.byteCount, hyphens.allSatisfy({ utf8[$0] == UInt8(ascii: "-") }) else { return nil }
        return HexText.bytes(utf8.enumerated().filter { !hyphens.contains($0.offset) }.map(\.element))
    }
}
