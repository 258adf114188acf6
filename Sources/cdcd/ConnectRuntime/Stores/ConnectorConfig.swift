import WireCore

/// A configuration as users wrote it: text to text, in their order. Equality does not regard the order.
struct ConnectorConfig: Sendable, Equatable {
    private(set) var names: [String] = []
    private(set) var dictionary: [String: String] = [:]

    init() {}

    init(_ properties: [(name: String, value: String)]) {
        for property in properties { self[property.name] = property.value }
    }

    /// Ordered by name, for want of another order.
    init(_ dictionary: [String: String]) {
        self.dictionary = dictionary
        names = dictionary.keys.sorted()
    }

    /// The members of a JSON object that are text; nil where one is not.
    init?(_ object: JSONObject) {
        for member in object.members {
            guard case .string(let text) = member.value else { return nil }
            self[member.name] = text
        }
    }

    subscript(name: String) -> String? {
        get { dictionary[name] }
        set {
            switch (dictionary[name], newValue) {
            case (nil, .some): names.append(name)
            case (.some, nil): names.removeAll { $0 == name }
            default: break
            }
            dictionary[name] = newValue
        }
    }

    static func == (a: Self, b: Self) -> Bool { a.dictionary == b.dictionary }

    var json: JSONValue {
        .object(JSONObject(names.map { (name: $0, value: JSONValue.string(dictionary[$0] ?? "")) }))
    }
}

/// Which task of which connector.
package struct TaskID: Hashable, Sendable, CustomStringConvertible {
    let connector: String
    let task: Int

    package init(connector: String, task: Int) {
        self.connector = connector
        self.task = task
    }

    package var description: String { "\(connector)-\(task)" }
}

/// What users want of a connector.
enum TargetState: String, Sendable { case started = "STARTED", paused = "PAUSED", stopped = "STOPPED" }
