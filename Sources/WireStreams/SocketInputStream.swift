import Foundation

/// The receiving side of a TCP connection as a Foundation stream. Blocking; use it from one thread.
package final class SocketInputStream: InputStream, FailureReportingStream {
    private let socket: Socket
    package private(set) var failure: StreamError?

    init(socket: Socket) {
        self.socket = socket
        super.init(data: Data())
    }

    /// The maximum time that a read waits for its first byte; 0 waits without a limit.
    package var timeoutMilliseconds: Int {
        get { socket.readTimeoutMilliseconds }
        set { socket.readTimeoutMilliseconds = newValue }
    }

    package override func open() {}
    package override func close() { socket.canceller.cancel() }
    package override var hasBytesAvailable: Bool { true }
    package override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    package override var streamError: (any Error)? { failure }

    package override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength count: Int) -> Int {
        do throws(StreamError) {
            return try socket.receive(into: buffer, count: count)
        } catch {
            failure = error
            return -1
        }
    }

    package override func getBuffer(
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, length count: UnsafeMutablePointer<Int>
    ) -> Bool { false }
}
