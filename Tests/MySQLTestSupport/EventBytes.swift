import MySQLWire
import WireCore

/// Bytes of synthetic binlog events.
package enum EventBytes {
    /// An event of server 1 at no time and no position, without a checksum.
    package static func make(_ type: EventType, _ body: [UInt8], flags: UInt16) -> [UInt8] {
        var writer = ByteWriter()
        writer.littleEndian(UInt32(0))
        writer.littleEndian(type.rawValue)
        writer.littleEndian(UInt32(1))
        writer.littleEndian(UInt32(EventHeader.bytes + body.count))
        writer.littleEndian(UInt32(0))
        writer.littleEndian(flags)
        writer.bytes(body)
        return writer.array()
    }
}
