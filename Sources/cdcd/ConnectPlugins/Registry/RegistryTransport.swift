import HTTPWire
import WireCore

/// The I/O of a registry's client. Used from one thread.
package protocol RegistryTransport: AnyObject {
    /// Sends a request and waits for its response.
    func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> RegistryResponse

    /// Waits. Throws `CancellationError` if the task is stopped.
    func pause(milliseconds: Int) throws

    var now: MonotonicInstant { get }

    /// Any number.
    func random() -> UInt64
}
