import WireCore

/// How the bytes of a key or value are written and read.
enum FieldFormat: String, CaseIterable {
    /// The bytes; in JSON output a string in UTF-8.
    case raw
    /// Two hexadecimal digits for each byte.
    case hex
    /// A JSON document.
    case json
    /// A JSON document; of a message with a schema (`{"schema":…,"payload":…}`, JsonConverter) the payload.
    case payload

    /// The part of `bytes` that this format shows.
    ///
    /// - Throws: `JSONError` if a JSON format meets bytes that are no JSON document.
    func document(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> UnsafeRawBufferPointer {
        switch self {
        case .raw, .hex: return bytes
        case .json, .payload:
            var reader = JSONReader(bytes)
            var payload: Range<Int>?
            var names: [String] = []
            if bytes.first(where: { !Self.isBlank($0) }) == UInt8(ascii: "{"), try reader.beginObject() {
                while let name = try reader.nextMember() {
                    let start = reader.position
                    try reader.skip()
                    names.append(name)
                    if name == "payload" { payload = start..<reader.position }
                }
            } else {
                try reader.skip()
            }
            try reader.finish()
            guard self == .payload, let payload, names.count == 2, names.contains("schema") else {
                return Self.trimmed(bytes)
            }
            return Self.trimmed(UnsafeRawBufferPointer(rebasing: bytes[payload]))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var range = bytes.startIndex..<bytes.endIndex
        while let first = range.first, isBlank(bytes[first]) { range = range.dropFirst() }
        while let last = range.last, isBlank(bytes[last]) { range = range.dropLast() }
        return UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    /// The bytes of a field that was written in this format.
    ///
    /// - Returns: nil if `text` does not have the format.
    func bytes(of text: [UInt8]) -> [UInt8]? {
        switch self {
        case .raw: return text
        case .hex: return HexText.bytes(text)
        case .json, .payload:
            return text.withUnsafeBytes { bytes in
                do throws(JSONError) {
                    return [UInt8](try FieldFormat.json.document(bytes))
                } catch { return nil }
            }
        }
    }
}
