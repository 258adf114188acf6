import KafkaProtocol

/// A release of Kafka whose versions of requests the broker can announce.
package struct KafkaRelease: Comparable, Hashable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int

    private init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Parses `2.8`; nil if it is no release of `all`.
    package init?(_ text: String) {
        guard let release = Self.all.first(where: { $0.description == text }) else { return nil }
        self = release
    }

    /// From the oldest to the newest.
    package static let all: [KafkaRelease] =
        (1...8).map { KafkaRelease(2, $0) } + (0...9).map { KafkaRelease(3, $0) } + (0...3).map { KafkaRelease(4, $0) }

    package var description: String { "\(major).\(minor)" }

    package static func < (a: Self, b: Self) -> Bool { (a.major, a.minor) < (b.major, b.minor) }

    /// The highest version of a request that the release announces; nil if it does not have the request.
    func versionMax(of key: APIKey) -> Int16? {
        Self.versionsMax[key]?.last { $0.release <= self }?.version
    }

    static let v2_1 = KafkaRelease(2, 1)
    static let v2_2 = KafkaRelease(2, 2)
    static let v2_3 = KafkaRelease(2, 3)
    static let v2_4 = KafkaRelease(2, 4)
    static let v2_5 = KafkaRelease(2, 5)
    static let v2_6 = KafkaRelease(2, 6)
    static let v2_7 = KafkaRelease(2, 7)
    static let v2_8 = KafkaRelease(2, 8)
    static let v3_0 = KafkaRelease(3, 0)
    static let v3_1 = KafkaRelease(3, 1)
    static let v3_2 = KafkaRelease(3, 2)
    static let v3_3 = KafkaRelease(3, 3)
    static let v3_4 = KafkaRelease(3, 4)
    static let v3_5 = KafkaRelease(3, 5)
    static let v3_6 = KafkaRelease(3, 6)
    static let v3_7 = KafkaRelease(3, 7)
    static let v3_8 = KafkaRelease(3, 8)
    static let v3_9 = KafkaRelease(3, 9)
    static let v4_0 = KafkaRelease(4, 0)
    static let v4_1 = KafkaRelease(4, 1)
    static let v4_2 = KafkaRelease(4, 2)
    static let v4_3 = KafkaRelease(4, 3)
}
