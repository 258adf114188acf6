/// Cells as text and bytes.
enum CellText {
    static func padded(_ cell: UnsafeRawBufferPointer, to count: Int) -> [UInt8] {
        guard cell.count < count else { return [UInt8](cell) }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count { buffer.initializeElement(at: index, to: index < cell.count ? cell[index] : 0) }
            filled = count
        }
    }

    /// The selected options in the order of the definition.
    static func set(_ bits: UInt64, _ options: [String]) -> String {
        var text = ""
        for (index, option) in options.enumerated() where index < 64 && bits & (1 << UInt64(index)) != 0 {
            if !text.isEmpty { text += "," }
            text += option
        }
        return text
    }

    /// Sixteen bytes as `550e8400-e29b-41d4-a716-446655440000`. MariaDB strips trailing zeros.
    static func uuid(_ cell: UnsafeRawBufferPointer) -> String {
        guard cell.count <= 16 else { return JavaUTF8.decode(cell) }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in padded(cell, to: 16).enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
