/// What a statement leaves uncertain about a captured table, for the log.
package enum SchemaWarning: Hashable, Sendable, CustomStringConvertible {
    /// A table whose definition is not known was renamed to a captured name. What was known by that name is forgotten,
    /// since it was another table.
    case unknownTableRenamed(TableID, to: TableID)
    /// Rows came or went without a row event, as `EXCHANGE PARTITION` does.
    case rowsChangedWithoutEvents(TableID, by: String)

    package var description: String {
        switch self {
        case .unknownTableRenamed(let old, let new):
            "The table \(old), whose definition is not known to this connector, was renamed to the captured table \(new). The "
                + "definition of \(new) is unknown from here on, and its next row stops the connector. Take a new snapshot"
        case .rowsChangedWithoutEvents(let id, let words):
            "The rows of the captured table \(id) were changed by \(words), for which the server writes no row events: they are "
                + "not captured. Take a new snapshot where consumers need them"
        }
    }
}
