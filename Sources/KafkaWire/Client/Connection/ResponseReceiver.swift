import Foundation
import KafkaProtocol
import WireCore
import WireStreams

/// The receiving half of a connection. Used by one thread.
final class ResponseReceiver {
    private let input: InputStream
    private let broker: SocketAddress
    private let framer: MessageFramer
    private var buffer = ReceiveBuffer(capacityBytes: 16 << 10)
    /// The size in bytes of the last returned response, at the front of the buffer.
    private var unconsumed = 0
    /// The size in bytes of the last received response, including its size field.
    var lastResponseBytes: Int { unconsumed }

    init(input: InputStream, broker: SocketAddress, responseBytesMax: Int) {
        self.input = input
        self.broker = broker
        framer = MessageFramer(
            messageBytesMin: MessageFramer.responseBytesMin, messageBytesMax: responseBytesMax)
    }

    /// The next response, header and body: a view that is valid until the next call.
    ///
    /// A timeout throws `.stream(.timedOut)` and may be followed by another call: bytes received so far are kept.
    func receive() throws(KafkaError) -> UnsafeRawBufferPointer {
        buffer.consume(unconsumed)
        unconsumed = 0
        while true {
            switch try frame() {
            case .frame(let body, let totalBytes):
                unconsumed = totalBytes
                return UnsafeRawBufferPointer(rebasing: buffer.readable[body])
            case .needMore(let wantedBytes):
                try fill(wantedBytes)
            }
        }
    }

    private func fill(_ wantedBytes: Int) throws(KafkaError) {
        let count: Int
        do throws(StreamError) {
            count = try buffer.fill(wanted: wantedBytes) { (room) throws(StreamError) in
                try input.readSome(into: room)
            }
        } catch { throw .stream(error, broker: broker) }
        guard count > 0 else { throw .stream(.closed, broker: broker) }
    }

    private func frame() throws(KafkaError) -> MessageFramer.Outcome {
        do throws(WireError) {
            return try framer.next(in: buffer.readable)
        } catch { throw .malformed(context: "response size from broker \(broker)", error) }
    }
}
