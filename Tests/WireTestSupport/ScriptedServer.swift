import Foundation
import Synchronization
import WireCore
import WireStreams

/// A server on the loopback interface that runs a script for each connection, for example a captured conversation.
package final class ScriptedServer: Sendable {
    package enum Step: Sendable, Equatable {
        case send([UInt8])
        /// Expects exactly these bytes; anything else is a fault.
        case expect([UInt8])
        /// Expects this number of bytes with any content (random or encrypted parts).
        case receive(count: Int)
        /// Expects any request.
        case receiveSome
        /// Sends the same over and over until the client has closed.
        case flood([UInt8])
        /// Expects the client to close.
        case awaitClose
    }

    package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String
    }

    private let listener: SocketListener
    private let faults = Mutex<[Fault]>([])
    private let played = Mutex<Int>(0)
    private let done = ThreadCompletion()

    package var address: SocketAddress { listener.address }
    /// What clients sent that does not match the script.
    package var unexpected: [Fault] { faults.withLock { $0 } }
    /// The number of connections that completed the script.
    package var completedConnections: Int { played.withLock { $0 } }

    /// Serves one connection per script, in order, and then stops listening.
    package init(_ scripts: [[Step]]) throws {
        listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        startThread(named: "scripted-server") { [self] in
            for script in scripts {
                do throws(StreamError) {
                    guard let streams = try listener.accept() else { break }
                    play(script, over: streams)
                } catch {
                    faults.withLock { $0.append(Fault(description: error.description)) }
                }
            }
            listener.stop()
            done.finish()
        }
    }

    /// Sends the server's part of a captured conversation and expects the client's.
    ///
    /// - Parameter checksClient: false if the client's bytes differ between runs; then only their number is checked.
    package convenience init(_ conversation: Conversation, checksClient: Bool = true) throws {
        try self.init([
            conversation.turns.map { turn in
                guard !turn.isFromServer else { return .send(turn.bytes) }
                return checksClient ? .expect(turn.bytes) : .receive(count: turn.bytes.count)
            }
        ])
    }

    /// Waits until all scripts are complete; returns false if the time limit passes first.
    package func awaitEnd(milliseconds: Int = 5000) -> Bool { done.wait(milliseconds: milliseconds) }

    package func stop() { listener.stop() }

    private func play(_ script: [Step], over streams: StreamPair) {
        streams.setTimeouts(5000, 5000)
        defer { streams.canceller.cancel() }
        do throws(StreamError) {
            for step in script {
                switch step {
                case .send(let bytes): try send(bytes, over: streams)
                case .flood(let bytes):
                    while true {
                        do throws(StreamError) { try send(bytes, over: streams) } catch { break }
                    }
                case .receiveSome:
                    var chunk = [UInt8](repeating: 0, count: 64 << 10)
                    var result: Result<Int, StreamError> = .success(0)
                    chunk.withUnsafeMutableBytes { buffer in
                        result = Result { () throws(StreamError) in try streams.input.readSome(into: buffer) }
                    }
                    guard try result.get() > 0 else { return fault("the client closed instead of a request") }
                case .expect(let bytes):
                    let received = try receive(bytes.count, from: streams)
                    guard received == bytes else {
                        let place = zip(received, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
                        return fault("expected \(bytes.hex), got \(received.hex), first difference at \(place ?? -1)")
                    }
                case .receive(let count):
                    let received = try receive(count, from: streams)
                    guard received.count == count else {
                        return fault("the client closed after \(received.count) bytes")
                    }
                case .awaitClose:
                    guard try receive(1, from: streams).isEmpty else { return fault("the client sent more") }
                }
            }
            played.withLock { $0 += 1 }
        } catch { fault(error.description) }
    }

    private func send(_ bytes: [UInt8], over streams: StreamPair) throws(StreamError) {
        var result: Result<Void, StreamError> = .success(())
        bytes.withUnsafeBytes { buffer in
            result = Result { () throws(StreamError) in try streams.output.writeAll(buffer) }
        }
        try result.get()
    }

    private func fault(_ text: String) { faults.withLock { $0.append(Fault(description: text)) } }

    /// Returns fewer bytes if the client closes first.
    private func receive(_ count: Int, from streams: StreamPair) throws(StreamError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            var result: Result<Int, StreamError> = .success(0)
            bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                result = Result { () throws(StreamError) in try streams.input.readSome(into: rest) }
            }
            let read = try result.get()
            if read == 0 { break }
            filled += read
        }
        return Array(bytes[..<filled])
    }
}
