import Foundation
import Testing
import WireCore
import WireStreams
import WireTestSupport

/// The end of TLS connections, over sockets and with OpenSSL's own program.
@Suite struct TLSEndTests {
    private static let folder = Fixtures.folder.appending(path: "tls").path
    private static let server = TLSServerConfiguration(identity: .pem(path: "\(folder)/server.pem"))
    private static let client = TLSConfiguration(verification: .authority, trust: .pem(path: "\(folder)/ca.pem"))

    private static func readAll(_ streams: StreamPair) throws(StreamError) -> [UInt8] {
        var (received, chunk): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1000))
        while true {
            var result: Result<Int, StreamError> = .success(0)
            chunk.withUnsafeMutableBytes { buffer in
                result = Result { () throws(StreamError) in try streams.input.readSome(into: buffer) }
            }
            let count = try result.get()
            if count == 0 { return received }
            received += chunk[..<count]
        }
    }

    /// What a client reads until the end if the server ends the connection with `end`.
    private func read(
        until clientEnd: TLSEnd, serverEnds end: @escaping @Sendable (_ plain: StreamPair, _ tls: StreamPair) -> Void
    ) throws -> Result<[UInt8], StreamError> {
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let (failure, done) = (Monitor<String?>(nil), ThreadCompletion())
        defer { #expect(failure.withLock { $0 } == nil) }
        startThread(named: "tls-server", completion: done) {
            do {
                guard let plain = try listener.accept() else { return }
                let streams = try plain.acceptingTLS(TLSContext(Self.server))
                try Array("all of it".utf8).withUnsafeBytes { try streams.output.writeAll($0) }
                end(plain, streams)
            } catch { failure.update { $0 = "\(error)" } }
        }
        let plain = try SocketConnector.connect(to: listener.address, timeoutMilliseconds: 5000)
        plain.setTimeouts(5000, 5000)
        let streams = try plain.startingTLS(Self.client, end: clientEnd)
        let result = Result { () throws(StreamError) in try Self.readAll(streams) }
        streams.close()
        #expect(done.wait(milliseconds: 5000))
        listener.stop()
        return result
    }

    @Test(arguments: [TLSEnd.closeNotify, .delimitedByProtocol])
    func closedConnectionEndsWithCloseNotify(end: TLSEnd) throws {
        #expect(try read(until: end) { _, tls in tls.close() } == .success(Array("all of it".utf8)))
    }

    @Test func releasedConnectionEndsWithCloseNotify() throws {
        #expect(try read(until: .closeNotify) { _, _ in } == .success(Array("all of it".utf8)))
    }

    @Test func endWithoutCloseNotifyIsTruncation() throws {
        #expect(try read(until: .closeNotify) { plain, _ in plain.canceller.cancel() } == .failure(.truncated))
    }

    @Test func protocolWithItsOwnEndAcceptsAnEndWithoutCloseNotify() throws {
        let result = try read(until: .delimitedByProtocol) { plain, _ in plain.canceller.cancel() }
        #expect(result == .success(Array("all of it".utf8)))
    }

    /// The error of a client's handshake with a server that does `end` with the connection.
    private func handshakeError(
        _ configuration: TLSConfiguration = client, serverEnds end: @escaping @Sendable (_ plain: StreamPair) -> Void
    ) throws -> StreamError? {
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let done = ThreadCompletion()
        startThread(named: "tls-server", completion: done) {
            do { if let plain = try listener.accept() { end(plain) } } catch { /* The client sees it. */ }
        }
        let plain = try SocketConnector.connect(to: listener.address, timeoutMilliseconds: 5000)
        plain.setTimeouts(5000, 5000)
        defer {
            plain.close()
            #expect(done.wait(milliseconds: 5000))
            listener.stop()
        }
        do throws(StreamError) { _ = try plain.startingTLS(configuration) } catch { return error }
        return nil
    }

    /// Decides whether a task retries: a server that starts or stops closes connections.
    @Test func connectionClosedDuringTheHandshakeIsClosed() throws {
        let error = try handshakeError { plain in
            var hello = [UInt8](repeating: 0, count: 10_000)
            _ = hello.withUnsafeMutableBytes { buffer in
                Result { () throws(StreamError) in try plain.input.readSome(into: buffer) }
            }
            plain.close()
        }
        #expect(error == .closed)
    }

    /// No later attempt succeeds: `.tls` is final.
    @Test func alertDuringTheHandshakeIsATLSError() throws {
        let error = try handshakeError { plain in
            // handshake_failure
            let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 40]
            var hello = [UInt8](repeating: 0, count: 10_000)
            _ = hello.withUnsafeMutableBytes { buffer in
                Result { () throws(StreamError) in try plain.input.readSome(into: buffer) }
            }
            _ = alert.withUnsafeBytes { bytes in
                Result { () throws(StreamError) in try plain.output.writeAll(bytes) }
            }
            plain.close()
        }
        guard case .tls(let reason) = error else { return #expect(error == .tls("an alert")) }
        #expect(reason.contains("alert"), "\(reason)")
    }

    /// `openssl s_server` reports what it received: "close_notify" in its trace of messages, or nothing.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")), .timeLimit(.minutes(1)))
    func opensslReceivesCloseNotifyAndItsOwnIsUnderstood() throws {
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let port = listener.address.port
        listener.stop()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "\(Self.folder)/server.pem", "-naccept", "1", "-rev",
            "-msg",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        let reader = Monitor<String?>(nil)
        startThread(named: "openssl-output") {
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            reader.update { $0 = text }
        }
        let address = SocketAddress(host: "127.0.0.1", port: port)
        var connected: StreamPair?
        for _ in 0..<500 where connected == nil {
            do throws(StreamError) {
                connected = try SocketConnector.connect(to: address, timeoutMilliseconds: 5000)
            } catch { _ = ThreadCompletion().wait(milliseconds: 10) }
        }
        let plain = try #require(connected)
        plain.setTimeouts(5000, 5000)
        let streams = try plain.startingTLS(Self.client)
        try Array("dlrow\n".utf8).withUnsafeBytes { try streams.output.writeAll($0) }
        var chunk = [UInt8](repeating: 0, count: 100)
        let count = try chunk.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
        #expect(String(decoding: chunk[..<count], as: UTF8.self) == "world\n")
        streams.close()
        process.waitUntilExit()
        let trace = try #require(reader.wait(until: .now.advanced(byMilliseconds: 30_000)) { $0 })
        #expect(trace.contains("<<< TLS 1.3, Alert [length 0002], warning close_notify"), "\(trace.suffix(2000))")
    }
}
