import KafkaProtocol

/// The versions of requests that a broker supports: its response to ApiVersions.
package struct BrokerVersions: Equatable, Sendable {
    private var ranges: [Int16: ClosedRange<Int16>] = [:]

    package init(_ response: ApiVersionsResponse) {
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
