/// The expected ratio of the size of a topic's batches to that of their records, so that `batch.size` limits the
/// batches as they are sent. The steps are those of Kafka's Java client (`CompressionRatioEstimator`).
struct CompressionRatio: Equatable, Sendable {
    /// Batches that compress better than expected change little: the next one may not.
    private static let improvingStep = 0.005
    private static let deterioratingStep = 0.05
    /// The factor by which a batch may be larger than expected.
    private static let margin = 1.05

    private(set) var value = 1.0

    /// A batch was compressed.
    mutating func observe(compressedBytes: Int, of payloadBytes: Int) {
        guard payloadBytes > 0 else { return }
        let observed = Double(compressedBytes) / Double(payloadBytes)
        value = observed > value
            ? max(value + Self.deterioratingStep, observed) : max(value - Self.improvingStep, observed)
    }

    /// The size that records of `payloadBytes` are expected to have in a batch.
    func compressedBytes(of payloadBytes: Int) -> Int { Int(Double(payloadBytes) * value * Self.margin) }

    /// The size of the records that are expected to fill a batch of `batchBytes`.
    func payloadBytes(compressedTo batchBytes: Int) -> Int { Int(Double(batchBytes) / (value * Self.margin)) }
}
