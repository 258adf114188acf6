import ConnectData
import WireCore

/// Names of Connect's schemas and fields as Avro's.
struct AvroNames: Sendable {
    private let scrubs: Bool
    private let variant: AvroSettings.Variant

    init(_ settings: AvroSettings) {
        scrubs = settings.scrubsNames
        variant = settings.variant
    }

    /// Namespace and simple name of a schema (`AvroData.splitName`).
    func split(_ fullName: String) throws(DataError) -> AvroName {
        let name = variant == .confluent ? splitAtDots(fullName) : splitAtLastDot(fullName)
        try Self.check(name.simpleName)
        return name
    }

    /// Java's `split` drops empty parts at the end.
    private func splitAtDots(_ fullName: String) -> AvroName {
        var parts = fullName.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        while parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        parts = parts.map(field)
        let simpleName = parts.removeLast()
        return AvroName(simpleName, namespace: parts.isEmpty ? nil : parts.joined(separator: "."))
    }

    /// The namespace is not scrubbed.
    private func splitAtLastDot(_ fullName: String) -> AvroName {
        let name = AvroName(fullName, namespace: nil)
        return AvroName(field(name.simpleName), namespace: name.namespace)
    }

    func field(_ name: String) -> String { scrubs ? Self.scrubbed(name) : name }

    static func check(_ name: String) throws(DataError) {
        if let problem = AvroName.problem(name) { throw DataError(problem) }
    }

    /// `URLEncoder.encode`, then `x` before a digit at the start, and `_` for what is no letter, digit or `_`.
    static func scrubbed(_ name: String) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: false
            }
        }
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        if name.isEmpty || name.utf8.allSatisfy(isPlain) && !isDigit(name.utf8.first) { return name }
        var scrubbed: [UInt8] = isDigit(name.utf8.first) ? [UInt8(ascii: "x")] : []
        for byte in name.utf8 {
            switch byte {
            case _ where isPlain(byte): scrubbed.append(byte)
            // `.`, `-` and `*` are not encoded, a space is `+`.
            case 0x20, 0x2A, 0x2D, 0x2E: scrubbed.append(UInt8(ascii: "_"))
            default:
                scrubbed.append(UInt8(ascii: "_"))
                scrubbed += Array(String(byte >> 4, radix: 16, uppercase: true).utf8)
                scrubbed += Array(String(byte & 15, radix: 16, uppercase: true).utf8)
            }
        }
        return String(decoding: scrubbed, as: UTF8.self)
    }
}

extension Schema {
    /// A struct that stands for a union: each field is one of its types.
    var isAvroUnion: Bool {
        guard type == .structure else { return false }
        return name == AvroProperties.union || parameter(AvroProperties.generalizedUnion) != nil
    }

    /// Bytes that stand for a fixed type.
    var avroFixedSize: String? { type == .bytes && name != nil ? parameter(AvroProperties.fixedSize) : nil }

    /// Whether the schema stands for an enumeration.
    var isAvroEnumeration: Bool {
        type == .string
            && (parameter(AvroProperties.generalizedEnumeration) != nil || parameter(AvroProperties.enumeration) != nil)
    }

    /// Whether the map is written as Avro's map; otherwise it is an array of entries.
    func isAvroMap(_ settings: AvroSettings) -> Bool {
        guard let keySchema else { return false }
        return keySchema.type == .string && (!keySchema.isOptional || settings.allowsOptionalMapKeys)
    }
}
