import KafkaProtocol

/// A feature of the cluster, on whose version clients decide how they behave (KIP-584).
struct ClusterFeature: Sendable {
    let name: String
    let supported: ClosedRange<Int16>

    static let transactionVersion = ClusterFeature(name: "transaction.version", supported: 0...2)
    static let all = [
        ClusterFeature(name: "group.version", supported: 0...1),
        // 3.3-IV3 to 4.3-IV0.
        ClusterFeature(name: "metadata.version", supported: 7...30),
        transactionVersion,
    ]

    /// The version that is in use.
    func level(_ configuration: DevelopmentBrokerConfiguration) -> Int16 {
        name == Self.transactionVersion.name ? configuration.transactionVersion : supported.upperBound
    }
}
