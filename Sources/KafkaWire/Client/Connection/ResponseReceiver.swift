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
    private var hasReceived = false
    /// The first bytes of an alert in TLS: content type and major version. As the size of a response they would be 350
    /// MB, more than the first response of any broker.
    private static let tlsAlert: [UInt8] = [0x15, 0x03]
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
                hasReceived = true
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
        if !hasReceived, buffer.readable.starts(with: Self.tlsAlert) {
            throw .notABroker(
                broker, reason: "it answers with an alert of TLS, so its listener requires TLS "
                    + "(security.protocol=SSL or SASL_SSL)")
        }
        do throws(WireError) {
            return try framer.next(in: buffer.readable)
        } catch { throw .malformed(context: "response size from broker \(broker)", error) }
    }
}
