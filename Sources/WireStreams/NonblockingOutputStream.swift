import Foundation

/// An output stream that can also write without blocking. Blocking and nonblocking writes may alternate.
package protocol NonblockingOutputStream: OutputStream {
    /// Writes the bytes that the system accepts at once. Returns their number, which may be 0.
    func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(StreamError) -> Int

    /// Whether the stream keeps bytes that `writeAvailable` has accepted and the system has not.
    var hasUnsentBytes: Bool { get }

    /// Blocks until the system has accepted all bytes that the stream keeps.
    func sendUnsentBytes() throws(StreamError)
}

extension SocketOutputStream: NonblockingOutputStream {
    package var hasUnsentBytes: Bool { false }
    package func sendUnsentBytes() {}
}

extension TLSOutputStream: NonblockingOutputStream {}
