import KafkaProtocol

/// The versions of requests that the broker announces and serves: all that it can, those of an older release of Kafka,
/// or fewer.
package struct AnnouncedVersions: Equatable, Sendable {
    /// The release whose versions are the highest ones; nil for the latest.
    private(set) package var release: KafkaRelease?
    /// The versions of some requests; an empty list for a request that is not served.
    private var ranges: [APIKey: [ClosedRange<Int16>]] = [:]

    /// All that the broker serves.
    package init() {}

    package init(_ release: KafkaRelease) { self.release = release }

    /// Limits the versions of a request; nil: it is not served. The last limit counts.
    mutating func limit(_ key: APIKey, to versions: ClosedRange<Int16>?) { ranges[key] = versions.map { [$0] } ?? [] }

    /// Limits the versions to those of a release. Returns false if that was done before.
    mutating func limit(to release: KafkaRelease) -> Bool {
        guard self.release == nil else { return false }
        self.release = release
        return true
    }

    /// Those of the versions that are announced; nil if there are none.
    func announced(_ key: APIKey, of versions: ClosedRange<Int16>) -> ClosedRange<Int16>? {
        var limit: ClosedRange<Int16> = 0...Int16.max
        if let ranges = ranges[key] {
            guard let range = ranges.first else { return nil }
            limit = range
        } else if let release {
            guard let versionMax = release.versionMax(of: key) else { return nil }
            limit = 0...versionMax
        }
        return versions.overlaps(limit) ? versions.clamped(to: limit) : nil
    }
}
