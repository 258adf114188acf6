import WireCore

extension KafkaData {
    /// Reads data that begins with its version (int16). A later version than the ones known here begins with the fields
    /// of the last known one, as Kafka's consumer protocol demands. Bytes after the fields are ignored, as in Kafka.
    package static func decodeVersioned(_ bytes: ByteReader) throws(WireError) -> Self {
        var bytes = bytes
        let version = try bytes.bigEndian(Int16.self)
        guard version >= versions.lowerBound else {
            throw WireError(.invalidValue("version \(version)"), at: bytes.absoluteOffset - 2)
        }
        let known = min(version, versions.upperBound)
        var reader = KafkaReader(bytes, isFlexible: isFlexible(known))
        return try Self(from: &reader, version: known)
    }

    /// The data's bytes after its version (int16).
    package func encodedVersioned(_ version: Int16) -> [UInt8] {
        var writer = KafkaWriter(isFlexible: false)
        writer.int16(version)
        writer.isFlexible = Self.isFlexible(version)
        encode(into: &writer, version: version)
        return writer.bytes.array()
    }
}
