import ConnectData

/// `gtid.source.includes` and `gtid.source.excludes`.
package struct GTIDSourceFilter: Sendable {
    /// Whether the rows of excluded sources are left out.
    package var filtersRows = true
    private let included: PatternList?
    private let excluded: PatternList?

    package init() {
        included = nil
        excluded = nil
    }

    init(_ configuration: [String: String]) throws {
        func list(_ name: String) throws -> PatternList? {
            guard let text = configuration[name] else { return nil }
            do { return try PatternList(text) } catch { throw ConfigError(name: name, value: text, reason: "\(error)") }
        }
        included = try list("gtid.source.includes")
        excluded = try list("gtid.source.excludes")
        filtersRows = configuration["gtid.source.filter.dml.events"]?.lowercased() != "false"
    }

    /// Whether nothing is left out.
    package var includesAll: Bool { included == nil && excluded == nil }

    /// Whether transactions of the source count; a UUID, or `domain-server` on MariaDB.
    package func includes(_ source: String) -> Bool {
        if let included { return included.matches(source) }
        if let excluded { return !excluded.matches(source) }
        return true
    }
}
