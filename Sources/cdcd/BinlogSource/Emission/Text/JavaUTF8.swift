import MySQLWire
import WireCore

/// UTF-8 as Java's `String` decodes it: each malformed sequence, of the length that `String.malformed3` and
/// `malformed4` determine, becomes one U+FFFD; so does a surrogate in three bytes.
enum JavaUTF8 {
    @inline(__always)
    static func decode(_ cell: UnsafeRawBufferPointer) -> String {
        // `String(validating:)` takes five times as long. A repaired text differs in length, unless each repair
        // replaces three bytes by the three bytes of U+FFFD, as Java does too.
        let text = String(decoding: cell.bindMemory(to: UInt8.self), as: UTF8.self)
        return text.utf8.count == cell.count ? text : repaired(cell)
    }

    private static func repaired(_ bytes: UnsafeRawBufferPointer) -> String {
        UTF8Output.text(of: bytes) { repair(bytes, into: &$0) }
    }

    /// Whether no byte is malformed.
    @inline(__always)
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let ascii = bytes.asciiPrefixCount
        return ascii == bytes.count || isValid(bytes, from: ascii)
    }

    private static func isValid(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        var offset = start
        while offset < bytes.count {
            let first = bytes[offset]
            if first < 0x80 {
                offset &+= 1
                continue
            }
            let length = length(first)
            guard validPrefix(bytes, offset, length) == length, scalar(bytes, offset, length) != nil else {
                return false
            }
            offset &+= length
        }
        return true
    }

    /// Decodes text, with U+FFFD in place of malformed bytes.
    static func repair(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        var offset = 0
        while offset < bytes.count {
            let first = bytes[offset]
            if first < 0x80 {
                output.append(UInt16(first))
                offset &+= 1
                continue
            }
            let length = length(first)
            let valid = validPrefix(bytes, offset, length)
            if valid == length, let scalar = scalar(bytes, offset, length) {
                output.append(scalar: scalar)
            } else {
                output.appendReplacement()
            }
            offset &+= valid
        }
    }

    /// The length of a sequence that begins with `first`; 1 if none does.
    private static func length(_ first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// The number of bytes of the sequence, at least 1: `length`, or fewer if the text ends or a byte is invalid.
    private static func validPrefix(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ length: Int) -> Int {
        var valid = 1
        while valid < length, offset &+ valid < bytes.count {
            let byte = bytes[offset &+ valid]
            guard byte & 0xC0 == 0x80, valid > 1 || fits(bytes[offset], second: byte) else { break }
            valid &+= 1
        }
        return valid
    }

    /// No overlong forms, nothing beyond U+10FFFF.
    private static func fits(_ first: UInt8, second: UInt8) -> Bool {
        switch first {
        case 0xE0: second >= 0xA0
        case 0xF0: second >= 0x90
        case 0xF4: second < 0x90
        default: true
        }
    }

    private static func scalar(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ length: Int) -> UInt32? {
        guard length > 1 else { return nil }
        var value = UInt32(bytes[offset]) & (0x7F >> UInt32(length))
        for index in 1..<length { value = value << 6 | UInt32(bytes[offset &+ index] & 0x3F) }
        return 0xD800..<0xE000 ~= value ? nil : value
    }
}
