import ConnectData

/// The names that Confluent's `ProtobufData` uses.
enum ProtobufNames {
    static let namespace = "io.confluent.connect.protobuf"
    static let enumeration = "\(namespace).Enum"
    static let unionPrefix = "\(namespace).Union."
    /// The parameter with a field's number.
    static let tag = "\(namespace).Tag"
    /// The parameter with a scalar type that Connect does not distinguish.
    static let type = "\(namespace).Type"

    static let decimal = "confluent.type.Decimal"
    static let date = "google.type.Date"
    static let time = "google.type.TimeOfDay"
    static let timestamp = "google.protobuf.Timestamp"

    /// The file of a type that Connect's types are mapped to.
    static func file(of type: String) -> String? {
        switch type {
        case decimal: "confluent/type/decimal.proto"
        case date: "google/type/date.proto"
        case time: "google/type/timeofday.proto"
        case timestamp: "google/protobuf/timestamp.proto"
        default:
            ProtobufScalar.wrapped.contains { $0.wrapper == type } ? "google/protobuf/wrappers.proto" : nil
        }
    }

    /// A name with every character replaced that Protobuf does not allow (`ProtobufData.doScrubName`).
    static func scrubbed(_ name: String) -> String {
        func isAllowed(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte == UInt8(ascii: "_") }
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            if isAllowed(byte) {
                bytes.append(byte)
            } else if [0x20, 0x2A, 0x2D, 0x2E].contains(byte) {
                // Java encodes the name for a URL, which keeps `*`, `-` and `.`, and makes a space a plus sign.
                bytes.append(UInt8(ascii: "_"))
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "_"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        if let first = bytes.first, first == UInt8(ascii: "_") && name.utf8.first == first || (0x30...0x39).contains(first) {
            bytes.insert(UInt8(ascii: "x"), at: 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The message of a map's entries, by the name of the map or its field.
    static func entryName(_ name: String) -> String {
        guard name.contains("_") else { return name + "Entry" }
        let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        return words.joined() + "Entry"
    }

    /// The name of a map, by the message of its entries: `a.TagsEntry` is `a.tags`.
    static func mapName(_ entryName: String) -> String {
        guard entryName.hasSuffix("Entry") else { return entryName }
        let parts = entryName.dropLast(5).split(separator: ".", omittingEmptySubsequences: false)
        var last = ""
        for character in parts.last ?? "" {
            if character.isASCII, character.isUppercase, !last.isEmpty { last += "_" }
            last += character.isASCII ? character.lowercased() : String(character)
        }
        return (parts.dropLast().map(String.init) + [last]).joined(separator: ".")
    }

    /// Whether a text is a name of Protobuf's grammar.
    static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }
}
