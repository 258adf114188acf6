/// The effect of a statement on the schema; `SchemaChangeBuilder` creates changes from it.
struct SchemaEvent {
    enum Kind {
        case tableCreated(TableID)
        case tableAltered(TableID, previous: TableID?)
        case tableDropped(TableID)
        case tableTruncated(TableID)
        /// Created, altered or dropped, or made the default database.
        case database(String)
        /// `isFirst`: the first variable of a SET; only that one is recorded.
        case variable(database: String, isFirst: Bool)
    }

    let kind: Kind
    let text: String

    var table: TableID? {
        switch kind {
        case .tableCreated(let id), .tableAltered(let id, _), .tableDropped(let id), .tableTruncated(let id): id
        case .database, .variable: nil
        }
    }

    var database: String {
        switch kind {
        case .database(let name), .variable(let name, _): name
        default: table?.database ?? ""
        }
    }
}
