import Foundation

/// The receiving side of a TLS connection.
final class TLSInputStream: InputStream, FailureReportingStream {
    private let connection: TLSConnection
    private(set) var failure: StreamError?

    init(_ connection: TLSConnection) {
        self.connection = connection
        super.init(data: Data())
    }

    override func open() {}
    override func close() {}
    override var hasBytesAvailable: Bool { true }
    override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    override var streamError: (any Error)? { failure }

    override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength count: Int) -> Int {
        do throws(StreamError) {
            return try connection.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
        } catch {
            failure = error
            return -1
        }
    }

    override func getBuffer(
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, length count: UnsafeMutablePointer<Int>
    ) -> Bool { false }
}
