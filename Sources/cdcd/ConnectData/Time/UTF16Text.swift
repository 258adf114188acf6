/// A text as Java indexes it, with comparisons that ignore case as `String.regionMatches` does.
struct UTF16Text: Sendable, Hashable {
    let units: [UInt16]
    /// The units without case.
    private let folded: [UInt16]

    init(_ text: String) {
        units = Array(text.utf16)
        folded = units.map(Self.folded)
    }

    static func == (a: UTF16Text, b: UTF16Text) -> Bool { a.folded == b.folded }

    func hash(into hasher: inout Hasher) { hasher.combine(folded) }

    var count: Int { units.count }

    func continues(at position: Int, with name: String) -> Bool {
        var index = position
        for unit in name.utf16 {
            guard index < folded.count, folded[index] == Self.folded(unit) else { return false }
            index += 1
        }
        return true
    }

    /// Java's `Character.toLowerCase(Character.toUpperCase(c))`.
    private static func folded(_ unit: UInt16) -> UInt16 {
        switch unit {
        case 0x41...0x5A: return unit + 0x20
        case ..<0x80: return unit
        // Capital I with dot, dotless i, long s and the Kelvin sign equal ASCII letters.
        case 0x130, 0x131: return 0x69
        case 0x17F: return 0x73
        case 0x212A: return 0x6B
        default:
            guard let scalar = Unicode.Scalar(unit) else { return unit }
            let lower = scalar.properties.lowercaseMapping.utf16
            return lower.count == 1 ? lower.first ?? unit : unit
        }
    }
}
