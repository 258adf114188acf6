/// A feature of the cluster, on whose version clients decide how they behave (KIP-584).
struct ClusterFeature: Equatable, Sendable {
    let name: String
    let supported: ClosedRange<Int16>

    static let transactionVersion = ClusterFeature(name: "transaction.version", supported: 0...2)
    static let groupVersion = ClusterFeature(name: "group.version", supported: 0...1)
    /// 3.3-IV3 to 4.3-IV0.
    static let metadataVersion = ClusterFeature(name: "metadata.version", supported: 7...30)

    /// The `metadata.version` of releases with KRaft, the only mode in which Kafka has features.
    private static let metadataVersions: [(release: KafkaRelease, level: Int16)] = [
        (.v3_3, 7), (.v3_4, 8), (.v3_5, 11), (.v3_6, 14), (.v3_7, 19), (.v3_8, 20), (.v3_9, 21), (.v4_0, 25),
        (.v4_1, 27), (.v4_2, 29), (.v4_3, 30),
    ]

    /// The features of a release; nil is the latest.
    static func all(in release: KafkaRelease?) -> [ClusterFeature] {
        guard let release else { return [groupVersion, metadataVersion, transactionVersion] }
        guard let level = metadataVersions.last(where: { $0.release <= release })?.level else { return [] }
        let metadataVersion = ClusterFeature(
            name: metadataVersion.name, supported: Self.metadataVersion.supported.lowerBound...level)
        return release < .v4_0 ? [metadataVersion] : [groupVersion, metadataVersion, transactionVersion]
    }
}
