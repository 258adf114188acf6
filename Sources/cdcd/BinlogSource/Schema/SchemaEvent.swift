/// What a statement did to the schema; `SchemaChangeBuilder` makes changes of it.
struct SchemaEvent {
    enum Kind {
        case tableCreated(TableID)
        case tableAltered(TableID, previous: TableID?)
        case tableDropped(TableID)
        case tableTruncated(TableID)
        /// Created, altered or dropped as a whole, or made the default one.
        case database(String)
        /// `isFirst` of the variables of one SET: only that one is recorded.
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
