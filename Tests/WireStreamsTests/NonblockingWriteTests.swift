import Foundation
import Testing
import WireCore
import WireTestSupport

@testable import WireStreams

/// Writes that do not block, over sockets whose peer does not read.
@Suite struct NonblockingWriteTests {
    private static let folder = Fixtures.folder.appending(path: "tls").path
    private static let server = TLSServerConfiguration(identity: .pem(path: "\(folder)/server.pem"))
    private static let client = TLSConfiguration(verification: .authority, trust: .pem(path: "\(folder)/ca.pem"))
    /// Piece `n` consists of the byte `n`.
    private static let pieceBytes = 20_000

    /// The bytes that the peer receives after `isReading` is set, as runs of equal bytes.
    private final class Peer: Sendable {
        let address: SocketAddress
        let isReading = Monitor(false)
        let runs = Monitor<[(byte: UInt8, count: Int)]>([])
        let done = ThreadCompletion()
        private let listener: SocketListener

        init(usesTLS: Bool) throws {
            listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
            address = listener.address
            startThread(named: "peer", completion: done) { [self] in
                do {
                    guard var streams = try listener.accept() else { return }
                    if usesTLS { streams = try streams.acceptingTLS(TLSContext(NonblockingWriteTests.server)) }
                    _ = isReading.waitUntilTrue()
                    try read(streams)
                } catch { Issue.record("\(error)") }
            }
        }

        private func read(_ streams: StreamPair) throws {
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = try chunk.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
                if count == 0 { return }
                runs.update { runs in
                    for byte in chunk[..<count] {
                        if runs.last?.byte == byte { runs[runs.count - 1].count += 1 } else { runs.append((byte, 1)) }
                    }
                }
            }
        }
    }

    @Test(.ownThreads, arguments: [false, true])
    func writeEndsWhenTheBufferIsFullAndTheRestIsSentInOrder(_ usesTLS: Bool) throws {
        let peer = try Peer(usesTLS: usesTLS)
        let plain = try SocketConnector.connect(to: peer.address, timeoutMilliseconds: 5000)
        plain.setTimeouts(20_000, 20_000)
        let streams = usesTLS ? try plain.startingTLS(Self.client) : plain
        let output = try #require(streams.output as? any NonblockingOutputStream)
        // Returns although nobody reads.
        var (pieces, unsent) = (0, 0)
        while pieces < 250 {
            let piece = [UInt8](repeating: UInt8(pieces), count: Self.pieceBytes)
            let accepted = try piece.withUnsafeBytes { try output.writeAvailable($0) }
            if accepted == 0 { break }
            pieces += 1
            unsent = Self.pieceBytes - accepted
            if unsent > 0 { break }
        }
        #expect(usesTLS ? output.hasUnsentBytes && unsent == 0 : !output.hasUnsentBytes)
        #expect(pieces < 250, "the system accepts more than is written")
        // While earlier bytes are unsent, none are accepted.
        #expect(try [UInt8(255)].withUnsafeBytes { try output.writeAvailable($0) } == 0)
        peer.isReading.update { $0 = true }
        try output.sendUnsentBytes()
        #expect(!output.hasUnsentBytes)
        try [UInt8](repeating: UInt8(max(0, pieces - 1)), count: unsent).withUnsafeBytes { try output.writeAll($0) }
        try [UInt8(255)].withUnsafeBytes { try output.writeAll($0) }
        streams.close()
        #expect(peer.done.wait(milliseconds: 20_000))
        let runs = peer.runs.withLock { runs in runs.map { "\($0.byte): \($0.count)" } }
        #expect(runs == (0..<pieces).map { "\($0): \(Self.pieceBytes)" } + ["255: 1"])
    }

    @Test func writeToAClosedConnectionFails() throws {
        let server = try ScriptedServer([[.awaitClose]])
        let client = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        client.canceller.cancel()
        let output = try #require(client.output as? any NonblockingOutputStream)
        #expect(throws: StreamError.cancelled) { try [UInt8(1)].withUnsafeBytes { try output.writeAvailable($0) } }
        #expect(server.awaitEnd())
    }
}
