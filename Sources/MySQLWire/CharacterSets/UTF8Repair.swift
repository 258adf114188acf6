/// Damaged UTF-8, as Java's `String` reads it: each damaged sequence, as long as `String.malformed3` and `malformed4`
/// say, becomes one U+FFFD; a surrogate in three bytes is one.
enum UTF8Repair {
    static func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
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

    /// How long a sequence is that begins so; 1 where none does.
    private static func length(_ first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// How many bytes belong together, at least 1: up to `length`, fewer where the text ends or a byte does not fit.
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
