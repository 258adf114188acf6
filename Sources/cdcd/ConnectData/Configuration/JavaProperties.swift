import WireCore

/// The format of Java's `.properties` files, as `java.util.Properties.load(InputStream)` reads it.
///
/// Bytes are ISO 8859-1; other characters are written `\uXXXX`. A text has every character as it is. A line may be
/// continued with a backslash, a key ends at the first unescaped `=`, `:` or blank, and a later line for the same key
/// wins.
package enum JavaProperties {
    /// A file that Java refuses too.
    package struct SyntaxError: Error, Equatable, CustomStringConvertible {
        /// Counted from 1; of a continued line, its first.
        package let line: Int

        package var description: String { "line \(line): malformed \\uXXXX encoding; four hexadecimal digits are needed" }
    }

    /// The properties of a file. Throws `SyntaxError` for a `\u` without four hexadecimal digits.
    package static func parse(_ bytes: [UInt8]) throws(SyntaxError) -> [String: String] {
        try parse(units: bytes.map(UInt16.init))
    }

    /// The properties of a text, as `java.util.Properties.load(Reader)` reads it. Throws as for bytes.
    package static func parse(_ text: String) throws(SyntaxError) -> [String: String] {
        try parse(units: Array(text.utf16))
    }

    private static func parse(units: [UInt16]) throws(SyntaxError) -> [String: String] {
        var properties: [String: String] = [:]
        var lines = LogicalLines(units: units)
        while let line = lines.next() {
            let (key, value) = split(line.units)
            let number = line.number
            let name = try unescape(key, line: number)
            properties[name] = try unescape(value, line: number)
        }
        return properties
    }

    /// Natural lines joined at their backslashes; blank lines and comments left out.
    private struct LogicalLines {
        let units: [UInt16]
        var position = 0
        var number = 0

        init(units: [UInt16]) { self.units = units }

        mutating func next() -> (units: ArraySlice<UInt16>, number: Int)? {
            while position < units.count {
                let natural = naturalLine()
                guard let first = natural.first, first != UInt16(ascii: "#"), first != UInt16(ascii: "!") else { continue }
                // A backslash alone continues nothing: to Java the line that follows is the first one.
                if first == UInt16(ascii: "\\"), natural.count == 1 { continue }
                let start = number
                guard JavaProperties.isContinued(natural) else { return (natural, start) }
                var joined = Array(natural.dropLast())
                while position < units.count {
                    let more = naturalLine()
                    let isContinued = JavaProperties.isContinued(more)
                    joined += isContinued ? more.dropLast() : more
                    if !isContinued { break }
                }
                return (joined[...], start)
            }
            return nil
        }

        /// Up to the next CR, LF or CRLF, without the blanks it begins with.
        private mutating func naturalLine() -> ArraySlice<UInt16> {
            number += 1
            let end = units[position...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? units.count
            let line = units[position..<end]
            position = end + 1
            if end < units.count, units[end] == 0x0D, position < units.count, units[position] == 0x0A { position += 1 }
            position = min(position, units.count)
            return line.drop(while: JavaProperties.isBlank)
        }
    }

    fileprivate static func isBlank(_ byte: UInt16) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }

    /// Whether a line ends in an odd number of backslashes.
    fileprivate static func isContinued(_ line: ArraySlice<UInt16>) -> Bool {
        line.reversed().prefix { $0 == UInt16(ascii: "\\") }.count % 2 == 1
    }

    private static func split(_ line: ArraySlice<UInt16>) -> (key: ArraySlice<UInt16>, value: ArraySlice<UInt16>) {
        var index = line.startIndex
        var isEscaped = false
        while index < line.endIndex {
            let byte = line[index]
            if !isEscaped, isBlank(byte) || byte == UInt16(ascii: "=") || byte == UInt16(ascii: ":") { break }
            isEscaped = byte == UInt16(ascii: "\\") && !isEscaped
            index += 1
        }
        var value = line[index...].drop(while: isBlank)
        if let separator = value.first, separator == UInt16(ascii: "=") || separator == UInt16(ascii: ":") {
            value = value.dropFirst().drop(while: isBlank)
        }
        return (line[..<index], value)
    }

    private static func unescape(_ text: ArraySlice<UInt16>, line: Int) throws(SyntaxError) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            guard byte == UInt16(ascii: "\\"), index < text.endIndex else {
                if byte != UInt16(ascii: "\\") { units.append(byte) }
                continue
            }
            let escaped = text[index]
            index += 1
            switch escaped {
            case UInt16(ascii: "t"): units.append(0x09)
            case UInt16(ascii: "n"): units.append(0x0A)
            case UInt16(ascii: "r"): units.append(0x0D)
            case UInt16(ascii: "f"): units.append(0x0C)
            case UInt16(ascii: "u"):
                let digits = text[index...].prefix(4).compactMap { UInt8(exactly: $0) }
                guard digits.count == 4, digits.allSatisfy({ $0.hexDigitValue != nil }),
                    let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
                else { throw SyntaxError(line: line) }
                units.append(unit)
                index += 4
            default: units.append(escaped)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}

extension UInt16 {
    fileprivate init(ascii scalar: Unicode.Scalar) { self = UInt16(UInt8(ascii: scalar)) }
}
