import KafkaProtocol

/// The versions of requests that a broker supports, and the cluster's features: its response to ApiVersions.
package struct BrokerVersions: Equatable, Sendable {
    private var ranges: [Int16: ClosedRange<Int16>] = [:]
    /// The levels of features that are finalized for the cluster (KIP-584), `transaction.version` for example; empty
    /// before Kafka 2.7.
    package private(set) var finalizedFeatures: [String: Int16] = [:]

    /// The finalized level of the cluster's feature `transaction.version` (KIP-890); 0 with older clusters.
    package var transactionVersion: Int16 { finalizedFeatures["transaction.version"] ?? 0 }

    package init(_ response: ApiVersionsResponse) {
        for entry in response.apiKeys where entry.minVersion <= entry.maxVersion {
            ranges[entry.apiKey] = entry.minVersion...entry.maxVersion
        }
        // A negative epoch: the broker does not know them yet.
        guard response.finalizedFeaturesEpoch >= 0 else { return }
        for feature in response.finalizedFeatures { finalizedFeatures[feature.name] = feature.maxVersionLevel }
    }

    /// Without the versions above a limit. At least the lowest version of each request is kept.
    func limited(_ limit: (APIKey) -> Int16) -> BrokerVersions {
        var limited = self
        limited.ranges = Dictionary(
            uniqueKeysWithValues: ranges.map { key, range in
                let last = min(range.upperBound, limit(APIKey(rawValue: key)))
                return (key, range.lowerBound...max(range.lowerBound, last))
            })
        return limited
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

    /// The lowest version that both sides support.
    func lowestVersion(of key: APIKey) -> Int16 {
        max(ranges[key.rawValue]?.lowerBound ?? 0, key.versions?.lowerBound ?? 0)
    }

    /// The first versions of requests that name topics by their ids (KIP-516) instead of by their names.
    private static let firstTopicIDVersions: [APIKey: Int16] = [
        .produce: 13, .fetch: 13, .offsetCommit: 10, .offsetFetch: 10,
    ]

    /// The version of a request about topics: the highest one, but below the first that names topics by their ids if an
    /// id is unknown.
    ///
    /// - Parameter hasTopicIDs: whether the ids of all its topics are known.
    package func version(
        of key: APIKey, hasTopicIDs: Bool, atMost cap: Int16 = .max
    ) throws(KafkaError) -> Int16 {
        guard !hasTopicIDs, let first = Self.firstTopicIDVersions[key] else { return try version(of: key, atMost: cap) }
        return try version(of: key, atMost: min(cap, first - 1))
    }
}
