import MySQLWire
import WireCore

/// The decoding of a streamed text column in Debezium: by one of Java's encodings, as Connector/J's `CharsetMapping`
/// assigns them to MySQL's character sets.
///
/// It differs from the server's meaning (`MySQLCharacterSet`): `koi8u` is decoded as KOI8-R, `swe7`, `dec8`, `hp8`,
/// `armscii8` and `geostd8` as windows-1252, `keybcs2` as IBM852, and `euckr` without the Hangul beyond KS X 1001.
/// Consumers already have such text in their topics, so it is kept. Malformed bytes become U+FFFD as in Java.
package enum JavaEncoding: Sendable {
    case utf8
    /// Big-endian unless a byte order mark is little-endian.
    case utf16
    case utf16LittleEndian
    case utf32
    /// Java's own table, or the server's if both map every code to the same character.
    case table(TextEncoding)

    package func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        if case .utf8 = self { return JavaUTF8.decode(bytes) }
        if isUTF8(bytes) { return String(decoding: bytes, as: UTF8.self) }
        return UTF8Output.text(of: bytes) { decode(bytes, into: &$0) }
    }

    /// Whether the text is the same in UTF-8.
    func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .utf8: JavaUTF8.isValid(bytes)
        case .utf16, .utf16LittleEndian, .utf32: false
        case .table(let encoding): encoding.containsASCII && bytes.isASCII
        }
    }

    /// Decodes text into UTF-8.
    func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        switch self {
        case .utf8: JavaUTF8.repair(bytes, into: &output)
        case .utf16: JavaUTF16.decode(bytes, order: nil, into: &output)
        case .utf16LittleEndian: JavaUTF16.decode(bytes, order: .little, into: &output)
        case .utf32: JavaUTF32.decode(bytes, into: &output)
        case .table(let encoding): encoding.decode(bytes, into: &output)
        }
    }
}
