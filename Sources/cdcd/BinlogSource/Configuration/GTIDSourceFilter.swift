/// `gtid.source.includes` and `gtid.source.excludes`.
package struct GTIDSourceFilter: Sendable {
    /// Whether the rows of excluded sources are skipped.
    package var filtersRows = true
    var names = NameFilter()

    package init() {}

    /// Whether no source is excluded.
    package var includesAll: Bool { names.includesAll }

    /// Whether transactions of the source count; a UUID, or `domain-server` on MariaDB.
    package func includes(_ source: String) -> Bool { names.includes(source) }
}
