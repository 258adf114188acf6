import WireCore

/// A configuration as users wrote it: names and values, in their order. Equality ignores the order. Names are compared
/// by their bytes.
struct ConnectorConfig: Sendable, Equatable {
    private(set) var names: [String] = []
    private var values = NameMap<String>()

    init() {}

    init(_ properties: [(name: String, value: String)]) {
        for property in properties { self[property.name] = property.value }
    }

    /// Ordered by name, since a dictionary has no order.
    init(_ dictionary: [String: String]) {
        for (name, value) in dictionary { values[name] = value }
        names = values.names
    }

    /// The members of a JSON object that are text; nil if one is not.
    init?(_ object: JSONObject) {
        for member in object.members {
            guard case .string(let text) = member.value else { return nil }
            self[member.name] = text
        }
    }

    subscript(name: String) -> String? {
        get { values[name] }
        set {
            switch (values[name], newValue) {
            case (nil, .some): names.append(name)
            case (.some, nil): names.removeAll { $0.isExactly(name) }
            default: break
            }
            values[name] = newValue
        }
    }

    /// For plugins. None has two properties whose names are canonically equivalent, which a dictionary could not hold.
    var dictionary: [String: String] {
        Dictionary(names.map { ($0, values[$0] ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    /// With `changes` over it; nil removes a property.
    func merging(_ changes: [(name: String, value: String?)]) -> ConnectorConfig {
        var merged = self
        var hasRemoved = false
        for change in changes {
            if let value = change.value { merged[change.name] = value } else {
                hasRemoved = merged.values.remove(change.name) != nil || hasRemoved
            }
        }
        // One pass for all removals, so that a body of many nulls does not cost quadratic time.
        if hasRemoved { merged.names.removeAll { merged.values[$0] == nil } }
        return merged
    }

    static func == (a: Self, b: Self) -> Bool { a.values == b.values }

    var json: JSONValue {
        .object(JSONObject(names.map { (name: $0, value: JSONValue.string(values[$0] ?? "")) }))
    }
}
