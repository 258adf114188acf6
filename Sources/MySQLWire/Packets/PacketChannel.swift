import WireCore
import WireStreams

/// Sends and receives whole packets over a pair of streams. Blocking; one thread.
final class PacketChannel {
    private(set) var streams: StreamPair
    @exclusivity(unchecked) private var receiver = PacketReceiver()
    private var writer = ByteWriter(capacityBytes: 4096)

    init(streams: StreamPair) { self.streams = streams }

    /// Starts TLS. Throws if the server sent anything before it.
    func startTLS(_ configuration: TLSConfiguration) throws(MySQLError) {
        let excess = receiver.bufferedBytes
        guard excess == 0 else {
            throw .malformed(MySQLProtocolError("SSLRequest", WireError(.trailingBytes(excess), at: 0)))
        }
        streams = try mapped { () throws(StreamError) in
            try streams.startingTLS(configuration, end: .delimitedByProtocol)
        }
    }

    /// Call this before a command is sent: its packets are numbered from 0.
    func beginCommand() { receiver.nextSequence = 0 }

    /// Sends one payload, in several packets if it is large.
    func send(_ payload: UnsafeRawBufferPointer) throws(MySQLError) {
        var rest = payload
        while true {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(PacketFramer.payloadBytesMax))
            writer.reset()
            writer.littleEndian(UInt16(piece.count & 0xFFFF))
            writer.byte(UInt8(piece.count >> 16))
            writer.byte(receiver.nextSequence)
            receiver.nextSequence &+= 1
            writer.bytes(piece)
            try mapped { () throws(StreamError) in
                try writer.withUnsafeBytes { (bytes) throws(StreamError) in try streams.output.writeAll(bytes) }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
            if piece.count < PacketFramer.payloadBytesMax { return }
        }
    }

    func send(_ payload: [UInt8]) throws(MySQLError) {
        try payload.span.bytes.withUnsafeBytes { (bytes) throws(MySQLError) in try send(bytes) }
    }

    /// The next packet's payload: a view that is valid until the next call of any method here.
    ///
    /// After `.stream(.timedOut)` it may be called again and continues within the packet.
    func receive() throws(MySQLError) -> UnsafeRawBufferPointer {
        while true {
            if let payload = try receiver.next() { return payload }
            try receiver.fill(from: streams)
        }
    }

    /// The number of bytes and packets received since the connection was made; with TLS, after decryption.
    var traffic: MySQLTraffic { receiver.traffic }

    /// Whether `receive()` would return without waiting for the network.
    var hasBufferedPacket: Bool { receiver.hasPacket }

    private func mapped<R>(_ body: () throws(StreamError) -> R) throws(MySQLError) -> R {
        do throws(StreamError) { return try body() } catch { throw .stream(error) }
    }
}
