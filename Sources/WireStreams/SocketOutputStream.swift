import Foundation

/// The sending side of a TCP connection as a Foundation stream. Blocking; use it from one thread.
package final class SocketOutputStream: OutputStream, FailureReportingStream {
    private let socket: Socket?
    package private(set) var failure: StreamError?

    init(socket: Socket) {
        self.socket = socket
        super.init(toMemory: ())
    }

    /// Foundation requires this initializer of every subclass. The stream is closed from the start.
    package required init(toMemory: ()) {
        socket = nil
        super.init(toMemory: ())
    }

    /// The maximum time that a write waits for room in the system's buffer; 0 waits without a limit.
    package var timeoutMilliseconds: Int {
        get { socket?.writeTimeoutMilliseconds ?? 0 }
        set { socket?.writeTimeoutMilliseconds = newValue }
    }

    package override func open() {}
    package override func close() { socket?.canceller.cancel() }
    package override var hasSpaceAvailable: Bool { true }
    package override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    package override var streamError: (any Error)? { failure }

    package override func write(_ buffer: UnsafePointer<UInt8>, maxLength count: Int) -> Int {
        guard let socket else { return -1 }
        do throws(StreamError) {
            return try socket.send(buffer, count: count)
        } catch {
            failure = error
            return -1
        }
    }

    package func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(StreamError) -> Int {
        guard let socket else { throw .closed }
        guard let address = bytes.baseAddress, bytes.count > 0 else { return 0 }
        do throws(StreamError) {
            return try socket.sendAvailable(address, count: bytes.count)
        } catch {
            failure = error
            throw error
        }
    }
}
