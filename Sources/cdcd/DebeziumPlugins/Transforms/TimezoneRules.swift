import ConnectData

/// The include or exclude list of `TimezoneConverter`.
struct TimezoneRules {
    /// Which fields are converted.
    enum Selection: Hashable {
        case all
        /// Those listed: `source.x`, `before.x`, `after.x`, or `x` for both rows.
        case only(Set<String>)
        case except(Set<String>)
    }

    private let isExcluding: Bool
    private var topics: [String: Set<String>] = [:]
    private var tables: [String: Set<String>] = [:]
    /// Without a prefix: topics and tables.
    private var names: [String: Set<String>] = [:]

    private static let format = Result { () throws(JavaPattern.SyntaxError) in
        try JavaPattern("^\\[(source|topic|[\".\\w\\s_]+):([\".\\w\\s_]+(?::[\".\\w\\s_]+)?(?:,|]$))+$")
    }

    /// Whether each item has the form of a rule, as Debezium checks it.
    static func areWellFormed(_ items: [String]) -> Bool {
        (try? format.get().matchesWhole("[\(items.joined(separator: ", "))]")) ?? false
    }

    init(_ items: [String], isExcluding: Bool) {
        self.isExcluding = isExcluding
        // A prefix also applies to the items after it.
        var prefix: String?
        for item in items {
            var parts = item.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            if parts.count > 1, ["source", "topic"].contains(parts[0].lowercased()) { prefix = parts.removeFirst() }
            let fields = Set(parts.dropFirst().prefix(1))
            switch prefix {
            case "topic": topics[parts[0], default: []].formUnion(fields)
            case "source": tables[parts[0], default: []].formUnion(fields)
            default: names[parts[0], default: []].formUnion(fields)
            }
        }
    }

    /// The fields of the records of a topic and table that are converted; nil: none.
    func selection(topic: String, table: String?) -> Selection? {
        let found = topics[topic] ?? table.flatMap { tables[$0] } ?? names[topic] ?? table.flatMap { names[$0] }
        guard let fields = found else { return isExcluding ? .all : nil }
        if isExcluding { return fields.isEmpty ? nil : .except(fields) }
        return fields.isEmpty ? .all : .only(fields)
    }
}

extension TimezoneRules.Selection {
    /// Whether a field of a part of the envelope (`before`, `after` or `source`) is converted.
    func includes(_ field: String, of part: String) -> Bool {
        switch self {
        case .all: return part != "source"
        case .only(let fields): return Self.names(field, part, fields)
        case .except(let fields):
            // The source is left alone unless one of its fields is listed.
            if part == "source", !fields.contains(where: { $0.hasPrefix("source.") }) { return false }
            return !Self.names(field, part, fields)
        }
    }

    private static func names(_ field: String, _ part: String, _ fields: Set<String>) -> Bool {
        if fields.contains("\(part).\(field)") { return true }
        let isPlain = !["source.", "before.", "after."].contains { field.hasPrefix($0) }
        return part != "source" && isPlain && fields.contains(field)
    }
}
