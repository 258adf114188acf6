import WireCore
import WireStreams

/// Receives whole packets from a stream.
struct PacketReceiver: ~Copyable {
    private var buffer = ReceiveBuffer()
    private var framer = PacketFramer()
    /// The size of the packet that `next` returned last, at the beginning of the buffer.
    private var unconsumedBytes = 0
    /// The number of bytes that the next packet needs in all, as far as it is known.
    private var wantedBytes = 0
    /// The number of bytes received since the connection was made; with TLS, after decryption.
    private(set) var traffic = MySQLTraffic(receivedBytes: 0, receivedPackets: 0)

    /// The sequence number of the next packet, received or sent.
    var nextSequence: UInt8 {
        get { framer.nextSequence }
        set { framer.nextSequence = newValue }
    }

    /// The number of bytes that have been received after the packet that `next` returned last.
    var bufferedBytes: Int { buffer.count - unconsumedBytes }

    /// The next packet's payload, a view that is valid until the next call; nil if `fill` must be called first.
    mutating func next() throws(MySQLError) -> UnsafeRawBufferPointer? {
        buffer.consume(unconsumedBytes)
        unconsumedBytes = 0
        switch try frame() {
        case .packet(let pieces, let totalBytes):
            unconsumedBytes = totalBytes
            traffic.receivedPackets += pieces
            let end = pieces == 1 ? totalBytes : join(totalBytes)
            return UnsafeRawBufferPointer(rebasing: buffer.readable[PacketFramer.headerBytes..<end])
        case .needMore(let wantedBytes):
            self.wantedBytes = wantedBytes
            return nil
        }
    }

    /// Whether `next` would return a packet.
    var hasPacket: Bool {
        let rest = UnsafeRawBufferPointer(rebasing: buffer.readable[unconsumedBytes...])
        var probe = framer
        do throws(WireError) {
            if case .packet = try probe.next(in: rest) { return true }
            return false
        } catch {
            // The next call of `next` throws the error.
            return true
        }
    }

    /// Receives bytes, at least one. Blocking; after `.stream(.timedOut)` it may be called again.
    mutating func fill(from streams: StreamPair) throws(MySQLError) {
        let count: Int
        do throws(StreamError) {
            count = try buffer.fill(wanted: wantedBytes) { (room) throws(StreamError) in
                try streams.input.readSome(into: room)
            }
        } catch { throw .stream(error) }
        traffic.receivedBytes += count
        guard count > 0 else { throw .stream(streams.canceller.isCancelled ? .cancelled : .closed) }
    }

    private mutating func frame() throws(MySQLError) -> PacketFramer.Outcome {
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
    private mutating func join(_ totalBytes: Int) -> Int {
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
}
