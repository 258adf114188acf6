/// A few bytes around an offset in a message, as text for an error: enough to recognise the place, too few to leak a
/// row.
package struct HexWindow: Equatable, Sendable, CustomStringConvertible {
    package let text: String

    /// At most `radiusBytes` bytes before and after `offset`, the byte at `offset` in brackets.
    package init(_ bytes: borrowing RawSpan, around offset: Int, radiusBytes: Int = 8) {
        let start = max(0, min(offset, bytes.byteCount) - radiusBytes)
        let end = min(bytes.byteCount, max(0, offset) + radiusBytes + 1)
        var parts: [String] = []
        for index in start..<max(start, end) {
            let byte = bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            let digits = (byte < 16 ? "0" : "") + String(byte, radix: 16)
            parts.append(index == offset ? "[\(digits)]" : digits)
        }
        text = (start > 0 ? "… " : "") + parts.joined(separator: " ") + (end < bytes.byteCount ? " …" : "")
    }

    package var description: String { text }
}
