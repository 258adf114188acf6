import MySQLWire

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
        switch self {
        case .utf8: JavaUTF8.decode(bytes)
        case .utf16: UTF8Output.text(of: bytes) { JavaUTF16.decode(bytes, order: nil, into: &$0) }
        case .utf16LittleEndian: UTF8Output.text(of: bytes) { JavaUTF16.decode(bytes, order: .little, into: &$0) }
        case .utf32: UTF8Output.text(of: bytes) { JavaUTF32.decode(bytes, into: &$0) }
        case .table(let encoding): encoding.decode(bytes)
        }
    }
}
