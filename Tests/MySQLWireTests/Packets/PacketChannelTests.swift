import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import MySQLWire

@Suite struct PacketFramerTests {
    private func outcome(_ bytes: [UInt8], sequence: UInt8 = 0, max: Int? = nil) throws -> PacketFramer.Outcome {
        var framer = PacketFramer()
        framer.nextSequence = sequence
        if let max { framer.packetBytesMax = max }
        return try bytes.withUnsafeBytes { try framer.next(in: $0) }
    }

    @Test func incompletePacketNeedsMoreBytes() throws {
        #expect(try outcome([]) == .needMore(wantedBytes: 4))
        #expect(try outcome([5, 0, 0]) == .needMore(wantedBytes: 4))
        #expect(try outcome([5, 0, 0, 0, 1]) == .needMore(wantedBytes: 9))
        #expect(try outcome([1, 0, 0, 0, 1, 99]) == .packet(pieces: 1, totalBytes: 5))
        #expect(try outcome([0, 0, 0, 0]) == .packet(pieces: 1, totalBytes: 4))
    }

    @Test func sequenceNumbersMustBeConsecutive() {
        #expect(throws: WireError.self) { try outcome([1, 0, 0, 3, 1], sequence: 2) }
    }

    @Test func sequenceNumbersWrapAround() throws {
        var framer = PacketFramer()
        framer.nextSequence = 255
        let packet: [UInt8] = [0, 0, 0, 255]
        _ = try packet.withUnsafeBytes { try framer.next(in: $0) }
        #expect(framer.nextSequence == 0)
    }

    @Test func packetOfExactlySixteenMebibytesEndsWithAnEmptyPiece() throws {
        let piece = [UInt8](repeating: 7, count: 0xFF_FFFF)
        let full: [UInt8] = [0xFF, 0xFF, 0xFF, 0] + piece
        #expect(try outcome(full) == .needMore(wantedBytes: full.count + 4))
        #expect(try outcome(full + [0, 0, 0, 1]) == .packet(pieces: 2, totalBytes: full.count + 4))
        #expect(try outcome(full + [1, 0, 0, 1, 9]) == .packet(pieces: 2, totalBytes: full.count + 5))
        #expect(throws: WireError.self) { try outcome(full + [1, 0, 0, 2, 9]) }
        #expect(throws: WireError.self) { try outcome(full, max: 1 << 20) }
    }
}

@Suite struct PacketChannelTests {
    /// Payloads framed as packets of a server.
    private func framed(_ payloads: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, payload) in payloads.enumerated() {
            for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
            bytes.append(UInt8(truncatingIfNeeded: index))
            bytes += payload
        }
        return bytes
    }

    private func channel(_ input: FaultyInputStream, _ output: RecordingOutputStream = .init()) -> PacketChannel {
        PacketChannel(streams: StreamPair(input: input, output: output))
    }

    @Test(arguments: [UInt64(1), 2, .random(in: 3 ... .max)])
    func packetsAreReassembledFromFragments(seed: UInt64) throws {
        let payloads = (0..<200).map { [UInt8](repeating: UInt8($0), count: $0 * 37 % 500) }
        let channel = channel(FaultyInputStream(framed(payloads), seed: seed))
        for payload in payloads { #expect(Array(try channel.receive()) == payload, "seed \(seed)") }
        #expect(throws: MySQLError.stream(.closed)) { try channel.receive() }
    }

    @Test func streamErrorWithinAPacketIsThrown() {
        let whole = framed([[1, 2, 3, 4]])
        let cut = Array(whole.dropLast())
        let endings: [(FaultyInputStream.Ending, StreamError)] = [
            (.closed, .closed), (.stalled(milliseconds: 7), .timedOut(milliseconds: 7)),
            (.reset, .system(errno: 104, operation: "receive")),
        ]
        for (ending, fault) in endings {
            let channel = channel(FaultyInputStream(cut, seed: 1, ending: ending))
            #expect(throws: MySQLError.stream(fault)) { try channel.receive() }
        }
    }

    @Test func sentPayloadsAreReceivedUnchanged() throws {
        for count in [0, 1, 0xFF_FFFE, 0xFF_FFFF, 0x100_0000] {
            let output = RecordingOutputStream(seed: 3)
            let sender = channel(FaultyInputStream([], seed: 1), output)
            let payload = [UInt8](repeating: 42, count: count)
            try sender.send(payload)
            let receiver = channel(FaultyInputStream(output.written, seed: 1, readBytesMax: 1 << 20))
            #expect(Array(try receiver.receive()) == payload)
        }
    }

    @Test func bytesBufferedBeforeTLSAreRefused() throws {
        let packets = framed((0..<100).map { [UInt8($0)] })
        let channel = channel(FaultyInputStream(packets, seed: 5, readBytesMax: 400))
        repeat { _ = try channel.receive() } while !channel.hasBufferedPacket
        #expect(throws: MySQLError.self) { try channel.startTLS(TLSConfiguration(verification: .none)) }
    }
}
