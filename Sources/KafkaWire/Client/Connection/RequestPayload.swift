import KafkaProtocol

/// Bytes of a request that are written from their memory to the stream without a copy.
protocol RequestPayload: Sendable {
    var payloadBytes: Int { get }

    func withPayload<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R
}
