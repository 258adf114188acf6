import MySQLWire
import WireCore

extension BinlogDecoder {
    /// Decodes bytes that hold one event, and no payload with several.
    package mutating func decodeOne(_ bytes: UnsafeRawBufferPointer) throws(MySQLProtocolError) -> BinlogEvent {
        try feed(bytes)
        guard let event = try next(), try next() == nil else {
            throw MySQLProtocolError("binlog event", WireError(.invalidValue("more or less than one event"), at: 0))
        }
        return event
    }
}
