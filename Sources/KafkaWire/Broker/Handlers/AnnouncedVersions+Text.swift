import KafkaProtocol

extension AnnouncedVersions {
    /// Parses a release (`2.8`), and versions of requests (`Produce=3-8`, `Fetch=11`, `InitProducerId=none`), separated
    /// by commas.
    package init(text: String) throws(AnnouncedVersionsError) {
        self.init()
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if pair.count == 1 {
                guard let release = KafkaRelease(part), limit(to: release) else {
                    throw AnnouncedVersionsError(
                        description: "`\(part)` is not a release of Kafka from \(KafkaRelease.v2_1) to "
                            + "\(KafkaRelease.v4_3), or the second one")
                }
            } else {
                try add(pair[0], versions: pair[1])
            }
        }
    }

    private mutating func add(_ name: String, versions: String) throws(AnnouncedVersionsError) {
        guard let handler = RequestHandler.named(name) else {
            throw AnnouncedVersionsError(description: "`\(name)` is no request that the broker serves")
        }
        if versions == "none" {
            guard handler.apiKey != .apiVersions else {
                throw AnnouncedVersionsError(description: "a broker without ApiVersions cannot be used")
            }
            limit(handler.apiKey, to: nil)
            return
        }
        guard let range = ClosedRange(versions: versions) else {
            throw AnnouncedVersionsError(description: "`\(versions)` is neither a version nor a range such as 0-8 nor none")
        }
        guard handler.versions.overlaps(range) else {
            throw AnnouncedVersionsError(
                description: "the broker serves \(handler.apiKey.name) in the versions "
                    + "\(handler.versions.lowerBound) to \(handler.versions.upperBound), not in \(versions)")
        }
        limit(handler.apiKey, to: range)
    }
}

/// Why a text names no versions.
package struct AnnouncedVersionsError: Error, Equatable, CustomStringConvertible {
    package let description: String
}
