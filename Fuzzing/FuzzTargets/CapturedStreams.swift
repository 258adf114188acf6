import MySQLWire
import WireCore
import WireTestSupport

/// The servers' side of the captured conversations, split into the decoders' inputs.
enum CapturedStreams {
    static let mysqlNames = Conversation.all(in: "mysql") + Conversation.all(in: "mariadb")

    /// The payloads of a stream of small packets.
    static func packets(of stream: [UInt8]) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        var offset = 0
        while offset + PacketFramer.headerBytes <= stream.count {
            let length = (0..<3).reduce(0) { $0 | Int(stream[offset + $1]) << ($1 * 8) }
            let end = offset + PacketFramer.headerBytes + length
            guard end <= stream.count else { break }
            packets.append(Array(stream[(offset + PacketFramer.headerBytes)..<end]))
            offset = end
        }
        return packets
    }

    /// The packets with headers, numbered from `first`.
    static func stream(of packets: some Sequence<[UInt8]>, from first: UInt8) -> [UInt8] {
        var stream: [UInt8] = []
        for (index, packet) in packets.enumerated() {
            stream += (0..<3).map { UInt8(packet.count >> ($0 * 8) & 0xFF) }
            stream.append(first &+ UInt8(truncatingIfNeeded: index))
            stream += packet
        }
        return stream
    }

    /// The events of every captured binlog, without checksums and with their lengths fixed, one log after another.
    static func binlogs() throws -> [[[UInt8]]] {
        var logs: [[[UInt8]]] = []
        for name in mysqlNames where name.contains("/binlog/") {
            let packets = packets(of: try Conversation(name).fromServer)
            logs.append(packets.filter { isEvent($0) }.map { withoutChecksum(Array($0.dropFirst())) })
        }
        logs.append(events(ofLog: try Fixtures.bytes("debezium/all-types/binlog.bin")).map(withoutChecksum))
        return logs.filter { !$0.isEmpty }
    }

    /// Events in the format of a log file, one after another.
    static func events(ofLog log: [UInt8]) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var rest = log[...]
        while let length = eventBytes(rest), length >= EventHeader.bytes, length <= rest.count {
            events.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return events
    }

    /// The length in an event's header; nil if there is none.
    static func eventBytes(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= EventHeader.bytes else { return nil }
        return (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + 9 + $1]) << ($1 * 8) }
    }

    private static func isEvent(_ packet: [UInt8]) -> Bool {
        packet.first == 0 && eventBytes(packet.dropFirst()) == packet.count - 1
    }

    /// A fuzzer cannot guess checksums: the captured events are used without them.
    private static func withoutChecksum(_ event: [UInt8]) -> [UInt8] {
        let checksum = event.dropLast(4).withUnsafeBytes { CRC32.checksum($0) }
        guard event.suffix(4).elementsEqual((0..<4).map { UInt8(checksum >> ($0 * 8) & 0xFF) }) else { return event }
        var event = event
        if event[4] == EventType.formatDescription.rawValue {
            // The space for a checksum is kept; the byte before it is the algorithm: none.
            event[event.count - 5] = 0
            return event
        }
        event.removeLast(4)
        for index in 0..<4 { event[9 + index] = UInt8(event.count >> (index * 8) & 0xFF) }
        return event
    }
}
