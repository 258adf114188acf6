/// How the generations differ in the properties of a configuration. `ConnectorOptions` declares the properties and the
/// defaults of each.
extension DebeziumProfile {
    /// The property that names the source.
    var logicalNameProperty: String { isModern ? "topic.prefix" : "database.server.name" }

    /// The property whose value has to differ from the source's name; nil if there is none.
    var distinctTopicProperty: String? { isModern ? nil : "database.history.kafka.topic" }

    /// The property that lists the bootstrap servers of the schema history.
    /// The prefix of the properties of the history's clients.
    var historyClientPrefix: String { isModern ? "schema.history.internal." : "database.history." }

    var historyServersProperty: String {
        isModern ? "schema.history.internal.kafka.bootstrap.servers" : "database.history.kafka.bootstrap.servers"
    }

    /// Whether the key columns are in the order of `message.key.columns` rather than in the order of the table.
    var keepsListedKeyOrder: Bool { isModern }

    /// A validation error's text.
    func validationMessage(_ name: String, _ problem: String) -> String {
        isModern ? "The '\(name)' value is invalid: \(problem)" : problem
    }

    /// - Parameter kind: `integer` or `long`.
    func positiveNumberProblem(_ kind: String) -> String {
        if isModern { return "A positive, non-zero \(kind) value is expected" }
        return "A positive \(kind)\(kind == "long" ? " value" : "") is expected"
    }

    /// The include and the exclude lists of databases, tables or columns.
    func listNames(_ kind: String) -> (including: [String], excluding: [String]) {
        let lists = (["\(kind).include.list"], ["\(kind).exclude.list"])
        return isModern ? lists : (lists.0 + ["\(kind).whitelist"], lists.1 + ["\(kind).blacklist"])
    }

    /// The lists that are refused if both an include and an exclude list are given, each with the list that its message
    /// names.
    func refusedLists(_ kind: String) -> [(refused: String, named: String)] {
        let lists = ("\(kind).exclude.list", "\(kind).include.list")
        let older = ("\(kind).blacklist", "\(kind).whitelist")
        // 1.9 checks the lists of tables under their older names, and those of columns under both.
        return isModern || kind == "database" ? [lists] : kind == "table" ? [older] : [lists, older]
    }

    var exclusiveSourcesProblem: String {
        isModern
            ? "Cannot specify GTID excludes when includes are provided." : "Included GTID source UUIDs are already specified"
    }

    var messageKeyFormat: String {
        isModern ? "^\\s*([^:]+):([^:,]+(,[^:,]+)*)\\s*$" : "^\\s*([^\\s:]+):([^:\\s]+)\\s*$"
    }

    /// Whether an expression of `table.include.list` orders the tables of a snapshot that it matches as a whole; else
    /// those in which it is found.
    package var ordersTablesByWholeMatches: Bool { isModern }
}
