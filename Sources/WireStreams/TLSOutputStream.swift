import Foundation

/// The sending side of a TLS connection.
final class TLSOutputStream: OutputStream, FailureReportingStream {
    private let connection: TLSConnection?
    private(set) var failure: StreamError?

    init(_ connection: TLSConnection) {
        self.connection = connection
        super.init(toMemory: ())
    }

    /// Foundation requires this initializer of every subclass. The stream is closed from the start.
    required init(toMemory: ()) {
        connection = nil
        super.init(toMemory: ())
    }

    override func open() {}
    /// Sends close_notify.
    override func close() { connection?.close() }
    override var hasSpaceAvailable: Bool { true }
    override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    override var streamError: (any Error)? { failure }

    override func write(_ buffer: UnsafePointer<UInt8>, maxLength count: Int) -> Int {
        guard let connection else { return -1 }
        do throws(StreamError) {
            try connection.write(UnsafeRawBufferPointer(start: buffer, count: count))
            return count
        } catch {
            failure = error
            return -1
        }
    }

    package func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(StreamError) -> Int {
        guard let connection else { throw .closed }
        return try noting { () throws(StreamError) in try connection.writeAvailable(bytes) }
    }

    package var hasUnsentBytes: Bool { connection?.hasUnsentBytes ?? false }

    package func sendUnsentBytes() throws(StreamError) {
        guard let connection else { throw .closed }
        try noting { () throws(StreamError) in try connection.sendUnsentBytes() }
    }

    private func noting<R>(_ body: () throws(StreamError) -> R) throws(StreamError) -> R {
        do throws(StreamError) {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }
}
