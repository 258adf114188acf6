/// Uncertainty about a captured table after a statement, for the log.
package enum SchemaWarning: Hashable, Sendable, CustomStringConvertible {
    /// A table with an unknown definition was renamed to a captured name. The definition under that name is dropped,
    /// since it was another table's.
    case unknownTableRenamed(TableID, to: TableID)
    /// Rows were added or removed without a row event, as `EXCHANGE PARTITION` does.
    case rowsChangedWithoutEvents(TableID, by: String)

    package var description: String {
        switch self {
        case .unknownTableRenamed(let old, let new):
            "The table \(old), whose definition this connector does not have, was renamed to the captured table \(new). The "
                + "definition of \(new) is unknown from now on, and its next row fails the connector. Take a new snapshot"
        case .rowsChangedWithoutEvents(let id, let words):
            "The rows of the captured table \(id) were changed by \(words), for which the server writes no row events: they are "
                + "not captured. Take a new snapshot if consumers need them"
        }
    }
}
