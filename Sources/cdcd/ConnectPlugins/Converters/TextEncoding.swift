import WireCore

/// A character set of Java, which replaces what it cannot represent: with `?` in bytes, with U+FFFD in texts.
enum TextEncoding: Sendable {
    case utf8, latin1, ascii
    /// Big-endian, with a byte order mark in front; a mark in the bytes decides when they are decoded.
    case utf16
    case utf16BigEndian, utf16LittleEndian

    /// The character set of a name or alias, as `Charset.forName` finds it; nil if it is not one of these.
    init?(javaName name: String) {
        switch name.lowercased() {
        case "utf-8", "utf8", "unicode-1-1-utf-8": self = .utf8
        case "iso-8859-1", "iso8859_1", "iso8859-1", "latin1", "l1", "iso_8859-1", "iso_8859_1", "iso-ir-100", "ibm819",
            "ibm-819", "cp819", "csisolatin1", "819", "iso_8859-1:1987":
            self = .latin1
        case "us-ascii", "ascii", "ascii7", "iso646-us", "us", "iso-ir-6", "ansi_x3.4-1968", "ansi_x3.4-1986",
            "iso_646.irv:1983", "iso_646.irv:1991", "cp367", "ibm367", "csascii", "646", "default":
            self = .ascii
        case "utf-16", "utf_16", "utf16", "unicode", "unicodebig": self = .utf16
        case "utf-16be", "utf_16be", "iso-10646-ucs-2", "x-utf-16be", "unicodebigunmarked": self = .utf16BigEndian
        case "utf-16le", "utf_16le", "x-utf-16le", "unicodelittleunmarked": self = .utf16LittleEndian
        default: return nil
        }
    }

    func encode(_ text: String, into writer: inout ByteWriter) {
        switch self {
        case .utf8: writer.utf8(text)
        case .latin1: for scalar in text.unicodeScalars { writer.byte(UInt8(exactly: scalar.value) ?? UInt8(ascii: "?")) }
        case .ascii: for scalar in text.unicodeScalars { writer.byte(scalar.isASCII ? UInt8(scalar.value) : UInt8(ascii: "?")) }
        case .utf16, .utf16BigEndian:
            if case .utf16 = self, !text.isEmpty { writer.bigEndian(UInt16(0xFEFF)) }
            for unit in text.utf16 { writer.bigEndian(unit) }
        case .utf16LittleEndian: for unit in text.utf16 { writer.bigEndian(unit.byteSwapped) }
        }
    }

    func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        switch self {
        case .utf8: return JavaUTF8.decode(bytes)
        case .latin1: return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case .ascii:
            return String(String.UnicodeScalarView(bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }))
        case .utf16:
            let isMarked = bytes.count >= 2 && (bytes[0], bytes[1]) == (0xFE, 0xFF)
            let isSwapped = bytes.count >= 2 && (bytes[0], bytes[1]) == (0xFF, 0xFE)
            let rest = UnsafeRawBufferPointer(rebasing: bytes[(isMarked || isSwapped ? 2 : 0)...])
            return Self.text(rest, isLittleEndian: isSwapped)
        case .utf16BigEndian: return Self.text(bytes, isLittleEndian: false)
        case .utf16LittleEndian: return Self.text(bytes, isLittleEndian: true)
        }
    }

    /// A unit that is no character is replaced, together with the next one if it is the first of a pair.
    private static func text(_ bytes: UnsafeRawBufferPointer, isLittleEndian: Bool) -> String {
        var scalars = String.UnicodeScalarView()
        var index = 0
        func unit() -> UInt16? {
            guard index + 1 < bytes.count else { return nil }
            let unit = UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
            index += 2
            return isLittleEndian ? unit.byteSwapped : unit
        }
        while let first = unit() {
            if let scalar = Unicode.Scalar(first) {
                scalars.append(scalar)
            } else if UTF16.isLeadSurrogate(first), let second = unit(), UTF16.isTrailSurrogate(second) {
                scalars.append(UTF16.decode(UTF16.EncodedScalar([first, second])))
            } else {
                scalars.append("\u{FFFD}")
            }
        }
        if index < bytes.count { scalars.append("\u{FFFD}") }
        return String(scalars)
    }
}
