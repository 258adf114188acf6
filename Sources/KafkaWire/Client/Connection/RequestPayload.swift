import KafkaProtocol

/// Bytes inside of a request that go from the memory in which they lie to the stream, without a copy.
protocol RequestPayload: Sendable {
    var payloadBytes: Int { get }

    func withPayload<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R
}
