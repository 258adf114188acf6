import ConnectData

/// Divides the text of a .proto file into tokens.
struct ProtobufTokenizer {
    enum Token: Equatable {
        /// A name, also with dots, or a keyword.
        case word(String)
        /// A number as it is written, without a sign.
        case number(String)
        /// Unescaped; adjacent strings are one.
        case string(String)
        case symbol(UInt8)
        case end
    }

    private let text: [UInt8]
    private var position = 0
    /// Of the token that was read last, from 1.
    private(set) var line = 1

    init(_ text: String) { self.text = Array(text.utf8) }

    func error(_ message: String) -> DataError { DataError("Could not parse Protobuf - line \(line): \(message)") }

    mutating func next() throws(DataError) -> Token {
        try skipBlanks()
        guard position < text.count else { return .end }
        let byte = text[position]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            var content = try string(byte)
            while true {
                try skipBlanks()
                guard position < text.count, text[position] == UInt8(ascii: "\"") || text[position] == UInt8(ascii: "'")
                else { break }
                content += try string(text[position])
            }
            return .string(String(decoding: content, as: UTF8.self))
        case 0x30...0x39: return .number(run { Self.isWordByte($0) || $0 == UInt8(ascii: ".") })
        default:
            let isDot = byte == UInt8(ascii: ".")
            if Self.isWordByte(byte) || isDot && position + 1 < text.count && Self.isWordByte(text[position + 1]) {
                return .word(run { Self.isWordByte($0) || $0 == UInt8(ascii: ".") })
            }
            position += 1
            return .symbol(byte)
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }

    private mutating func run(_ belongs: (UInt8) -> Bool) -> String {
        let start = position
        while position < text.count, belongs(text[position]) { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    /// Skips white space and comments.
    private mutating func skipBlanks() throws(DataError) {
        while position < text.count {
            switch text[position] {
            case 0x0A:
                line += 1
                position += 1
            case 0x20, 0x09, 0x0D, 0x0B, 0x0C: position += 1
            case UInt8(ascii: "/"):
                switch position + 1 < text.count ? text[position + 1] : 0 {
                case UInt8(ascii: "/"): while position < text.count, text[position] != 0x0A { position += 1 }
                case UInt8(ascii: "*"):
                    position += 2
                    while true {
                        guard position + 1 < text.count else { throw error("unterminated comment") }
                        if text[position] == UInt8(ascii: "*"), text[position + 1] == UInt8(ascii: "/") { break }
                        if text[position] == 0x0A { line += 1 }
                        position += 1
                    }
                    position += 2
                default: return
                }
            default: return
            }
        }
    }

    private mutating func string(_ quote: UInt8) throws(DataError) -> [UInt8] {
        position += 1
        var content: [UInt8] = []
        while true {
            guard position < text.count, text[position] != 0x0A else { throw error("unterminated string") }
            let byte = text[position]
            position += 1
            if byte == quote { return content }
            content.append(byte == UInt8(ascii: "\\") ? try escape() : byte)
        }
    }

    private mutating func escape() throws(DataError) -> UInt8 {
        guard position < text.count else { throw error("unterminated string") }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "a"): return 0x07
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "v"): return 0x0B
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return try code(radix: 16, atMost: 2)
        case 0x30...0x37:
            position -= 1
            return try code(radix: 8, atMost: 3)
        default: return byte
        }
    }

    private mutating func code(radix: Int, atMost count: Int) throws(DataError) -> UInt8 {
        var digits = ""
        while digits.utf8.count < count, position < text.count {
            let digit = String(decoding: [text[position]], as: UTF8.self)
            guard Int(digit, radix: radix) != nil else { break }
            digits += digit
            position += 1
        }
        guard let value = Int(digits, radix: radix) else { throw error("invalid escape in a string") }
        return UInt8(truncatingIfNeeded: value)
    }
}
