import WireCore

/// ROTATE_EVENT: position u64 | file name to the end
package struct RotateEvent: Equatable, Sendable {
    package let file: String
    /// At most `positionMax`.
    package let position: UInt64

    /// The largest position that is accepted: the size of an event can be added to it without overflow.
    package static let positionMax = UInt64(Int64.max) / 2

    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        position = try reader.littleEndian(UInt64.self)
        guard position <= Self.positionMax else {
            throw WireError(.invalidValue("position \(position)"), at: EventHeader.bytes)
        }
        file = try reader.utf8(reader.remainingBytes)
    }
}
