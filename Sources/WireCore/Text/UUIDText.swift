/// Sixteen bytes as `550e8400-e29b-41d4-a716-446655440000`.
package enum UUIDText {
    package static let byteCount = 36

    /// Writes the text to memory with room for `byteCount` bytes. Returns the address after it. Precondition: 16 bytes.
    package static func write(
        _ uuid: UnsafeRawBufferPointer, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        precondition(uuid.count == 16)
        var end = start
        for part in [0..<4, 4..<6, 6..<8, 8..<10, 10..<16] {
            if part.lowerBound > 0 {
                end.pointee = UInt8(ascii: "-")
                end += 1
            }
            end = HexText.write(UnsafeRawBufferPointer(rebasing: uuid[part]), to: end)
        }
        return end
    }
}
