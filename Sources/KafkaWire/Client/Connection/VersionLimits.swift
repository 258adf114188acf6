import KafkaProtocol

/// The versions of requests that one broker announces and then does not serve: managed services and proxies are known
/// for it. The broker answers with UNSUPPORTED_VERSION, or closes the connection.
///
/// A lower limit is kept once a request below it is answered. A machine without I/O.
struct VersionLimits: Equatable, Sendable {
    private struct Limit: Equatable, Sendable {
        var version: Int16
        var isConfirmed = false
    }

    private var limits: [APIKey: Limit] = [:]
    /// The highest versions that the broker has answered.
    private var answered: [APIKey: Int16] = [:]
    /// How often in succession the connection has ended at a version that was never answered.
    private var ends: [APIKey: Int] = [:]
    /// A broker that restarts ends a connection once, and then does not accept new ones for some time.
    static let endsUntilRefused = 2

    /// The highest version to use.
    func limit(of key: APIKey) -> Int16 { limits[key]?.version ?? .max }

    /// A request was answered, not with UNSUPPORTED_VERSION.
    mutating func requestAnswered(_ key: APIKey, version: Int16) {
        answered[key] = max(version, answered[key] ?? .min)
        ends[key] = nil
        limits[key]?.isConfirmed = true
    }

    /// The broker has answered UNSUPPORTED_VERSION. Returns whether the request may be sent again in a lower version;
    /// if there is none, the answer concerns something else than the version.
    mutating func requestRefused(_ key: APIKey, version: Int16, lowest: Int16) -> Bool {
        guard answered[key] ?? .min < version else { return false }
        return lower(key, below: version, lowest: lowest)
    }

    /// The connection has ended while a request was in flight.
    mutating func connectionEnded(_ key: APIKey, version: Int16, lowest: Int16) {
        guard answered[key] ?? .min < version else { return }
        ends[key, default: 0] += 1
        guard ends[key, default: 0] >= Self.endsUntilRefused else { return }
        ends[key] = nil
        _ = lower(key, below: version, lowest: lowest)
    }

    /// No connection can be opened: the broker does not run, which explains the ends.
    mutating func connectionFailed() {
        ends = [:]
        limits = limits.filter(\.value.isConfirmed)
    }

    private mutating func lower(_ key: APIKey, below version: Int16, lowest: Int16) -> Bool {
        guard version > lowest else {
            if limits[key]?.isConfirmed == false { limits[key] = nil }
            return false
        }
        limits[key] = Limit(version: version - 1)
        return true
    }
}
