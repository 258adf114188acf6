import KafkaProtocol

/// The versions of requests that a broker supports, and features of its cluster: its response to ApiVersions.
package struct BrokerVersions: Equatable, Sendable {
    private var ranges: [Int16: ClosedRange<Int16>] = [:]

    /// The finalized level of the cluster's feature `transaction.version` (KIP-890); 0 with older clusters.
    package private(set) var transactionVersion: Int16 = 0

    package init(_ response: ApiVersionsResponse) {
        if response.finalizedFeaturesEpoch >= 0 {
            let feature = response.finalizedFeatures.first { $0.name == "transaction.version" }
            transactionVersion = feature?.maxVersionLevel ?? 0
        }
        for entry in response.apiKeys where entry.minVersion <= entry.maxVersion {
            ranges[entry.apiKey] = entry.minVersion...entry.maxVersion
        }
    }

    package subscript(key: APIKey) -> ClosedRange<Int16>? { ranges[key.rawValue] }

    /// The highest version that both sides support, not above `cap`.
    package func version(of key: APIKey, atMost cap: Int16 = .max) throws(KafkaError) -> Int16 {
        let theirs = ranges[key.rawValue]
        guard let theirs, let ours = key.versions else { throw .unsupportedVersion(key, broker: theirs) }
        let version = min(theirs.upperBound, ours.upperBound, cap)
        guard version >= max(theirs.lowerBound, ours.lowerBound) else { throw .unsupportedVersion(key, broker: theirs) }
        return version
    }
}
