/// A defect of a JSON document, and its byte offset.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case unexpectedEnd
        /// A byte that is not allowed here; the text names what is.
        case unexpectedByte(UInt8, expected: String)
        case badEscape
        case invalidUTF8
        /// Arrays and objects nested deeper than the reader allows.
        case tooDeep(max: Int)
        /// Content after the document's end.
        case trailingBytes
    }

    package let reason: Reason
    /// Bytes from the document's start.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String {
        switch reason {
        case .unexpectedEnd: "the JSON document ends too early, at byte \(offset)"
        case .unexpectedByte(let byte, let expected):
            "unexpected \(Self.name(byte)) at byte \(offset) of the JSON document, expected \(expected)"
        case .badEscape: "unknown escape in a JSON string at byte \(offset)"
        case .invalidUTF8: "JSON string that is not UTF-8 at byte \(offset)"
        case .tooDeep(let max): "JSON nested deeper than \(max) at byte \(offset)"
        case .trailingBytes: "content after the end of the JSON document, at byte \(offset)"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        byte > 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
    }
}
