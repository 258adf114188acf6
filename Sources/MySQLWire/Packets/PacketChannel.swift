import WireCore
import WireStreams

/// Sends and receives whole packets over a pair of streams. Blocking; one thread.
final class PacketChannel {
    private(set) var streams: StreamPair
    private var buffer = ReceiveBuffer()
    private var framer = PacketFramer()
    private var writer = ByteWriter(capacityBytes: 4096)
    /// The size of the packet that `receive` returned last, at the beginning of the buffer.
    private var unconsumed = 0
    /// The number of bytes received since the connection was made; with TLS, after decryption.
    private(set) var traffic = MySQLTraffic(receivedBytes: 0, receivedPackets: 0)

    init(streams: StreamPair) { self.streams = streams }

    /// Starts TLS. Throws if the server sent anything before it.
    func startTLS(_ configuration: TLSConfiguration) throws(MySQLError) {
        release()
        guard buffer.count == 0 else {
            throw .malformed(MySQLProtocolError("SSLRequest", WireError(.trailingBytes(buffer.count), at: 0)))
        }
        streams = try mapped { () throws(StreamError) in
            try streams.startingTLS(configuration, end: .delimitedByProtocol)
        }
    }

    /// Call this before a command is sent: its packets are numbered from 0.
    func beginCommand() { framer.nextSequence = 0 }

    /// Sends one payload, in several packets if it is large.
    func send(_ payload: UnsafeRawBufferPointer) throws(MySQLError) {
        var rest = payload
        while true {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(PacketFramer.payloadBytesMax))
            writer.reset()
            writer.littleEndian(UInt16(piece.count & 0xFFFF))
            writer.byte(UInt8(piece.count >> 16))
            writer.byte(framer.nextSequence)
            framer.nextSequence &+= 1
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
        release()
        while true {
            switch try frame() {
            case .packet(let pieces, let totalBytes):
                unconsumed = totalBytes
                traffic.receivedPackets += pieces
                let end = pieces == 1 ? totalBytes : join(totalBytes)
                return UnsafeRawBufferPointer(rebasing: buffer.readable[PacketFramer.headerBytes..<end])
            case .needMore(let wantedBytes):
                let count = try mapped { () throws(StreamError) in
                    try buffer.fill(wanted: wantedBytes) { (room) throws(StreamError) in
                        try streams.input.readSome(into: room)
                    }
                }
                traffic.receivedBytes += count
                guard count > 0 else { throw .stream(streams.canceller.isCancelled ? .cancelled : .closed) }
            }
        }
    }

    /// Whether `receive()` would return without waiting for the network.
    var hasBufferedPacket: Bool {
        let rest = UnsafeRawBufferPointer(rebasing: buffer.readable[unconsumed...])
        var probe = framer
        do throws(WireError) {
            if case .packet = try probe.next(in: rest) { return true }
            return false
        } catch {
            // The next receive() throws the error.
            return true
        }
    }

    private func release() {
        buffer.consume(unconsumed)
        unconsumed = 0
    }

    private func frame() throws(MySQLError) -> PacketFramer.Outcome {
        do throws(WireError) {
            return try framer.next(in: buffer.readable)
        } catch {
            throw .malformed(MySQLProtocolError("packet header", error))
        }
    }

    /// Moves the payloads of a packet's pieces together in the buffer, so that an event of 1 GiB is in memory once.
    ///
    /// - Parameter totalBytes: of all pieces with their headers.
    /// - Returns: the end of the joined payload; it begins after the first header.
    private func join(_ totalBytes: Int) -> Int {
        var (source, end) = (0, PacketFramer.headerBytes)
        while source < totalBytes {
            let header = buffer.readable
            let length = Int(header[source]) | Int(header[source + 1]) << 8 | Int(header[source + 2]) << 16
            let payload = source + PacketFramer.headerBytes
            buffer.move(payload..<(payload + length), to: end)
            source = payload + length
            end += length
        }
        return end
    }

    private func mapped<R>(_ body: () throws(StreamError) -> R) throws(MySQLError) -> R {
        do throws(StreamError) { return try body() } catch { throw .stream(error) }
    }
}
