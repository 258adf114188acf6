import Glibc

/// UTF-8 as Java reads it (`new String(bytes, UTF_8)`): bytes that are not UTF-8 become U+FFFD, as in Swift, but those
/// of a surrogate, which Swift takes for two or three errors, become a single one.
enum JavaUTF8 {
    private static let surrogateLead: UInt8 = 0xED
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        guard var surrogate = surrogate(in: bytes, from: 0) else { return String(decoding: bytes, as: UTF8.self) }
        var replaced: [UInt8] = []
        var kept = 0
        while true {
            replaced += bytes[kept..<surrogate]
            replaced += replacement
            kept = surrogate + 2
            if kept < bytes.count, bytes[kept] & 0xC0 == 0x80 { kept += 1 }
            guard let next = Self.surrogate(in: bytes, from: kept) else { break }
            surrogate = next
        }
        replaced += bytes[kept...]
        return String(decoding: replaced, as: UTF8.self)
    }

    /// Where the next surrogate begins, by its first two bytes. The first one is no part of any other character.
    private static func surrogate(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var index = start
        while index + 1 < bytes.count, let found = memchr(base + index, Int32(surrogateLead), bytes.count - index) {
            let place = base.distance(to: found)
            if place + 1 < bytes.count, (0xA0...0xBF).contains(bytes[place + 1]) { return place }
            index = place + 1
        }
        return nil
    }
}
