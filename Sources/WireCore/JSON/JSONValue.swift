/// A JSON document that keeps the order of its members and distinguishes integers and fractions.
///
/// Used for everything that is small and read by people or by Java: REST bodies, connector configurations,
/// offsets, schema history. Change events never pass through it. Texts are compared by their UTF-8 bytes.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a fraction or exponent, or beyond 64 bits.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    package var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }
    package var isNull: Bool { self == .null }
}

extension JSONValue: Hashable {
    package static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.string(let a), .string(let b)): a.isExactly(b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        case (.null, _), (.bool, _), (.integer, _), (.double, _), (.string, _), (.array, _), (.object, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .string(let text): hasher.combine(ExactName(text))
        case .array(let values): hasher.combine(values)
        case .object(let object): hasher.combine(object)
        }
    }
}

/// The members of a JSON object in their order. Equality ignores the order.
package struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var members: [(name: String, value: JSONValue)]

    package init() { members = [] }

    /// A later member of the same name replaces an earlier one, as in Java's parsers.
    package init(_ members: [(name: String, value: JSONValue)]) {
        guard Self.mayRepeatNames(members) else {
            self.members = members
            return
        }
        self.members = []
        self.members.reserveCapacity(members.count)
        var places = Dictionary<ExactName, Int>(minimumCapacity: members.count)
        for member in members {
            let name = ExactName(member.name)
            if let place = places[name] {
                self.members[place].value = member.value
            } else {
                places[name] = self.members.count
                self.members.append(member)
            }
        }
    }

    /// Members whose names differ.
    package init(distinct members: [(name: String, value: JSONValue)]) { self.members = members }

    /// Whether a name may occur twice. Few names are compared with each other, which is faster than hashing them.
    private static func mayRepeatNames(_ members: [(name: String, value: JSONValue)]) -> Bool {
        if members.count > 12 { return true }
        return members.indices.contains { index in
            members[..<index].contains { $0.name.isExactly(members[index].name) }
        }
    }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { (name: $0.0, value: $0.1) })
    }

    package subscript(name: String) -> JSONValue? {
        get { members.first { $0.name.isExactly(name) }?.value }
        set {
            let index = members.firstIndex { $0.name.isExactly(name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var names: [String] { members.map(\.name) }
}

extension JSONObject: Hashable {
    package static func == (a: JSONObject, b: JSONObject) -> Bool {
        guard a.count == b.count else { return false }
        if a.members.isSameMemory(as: b.members) { return true }
        if zip(a.members, b.members).allSatisfy({ $0.name.isExactly($1.name) }) {
            return zip(a.members, b.members).allSatisfy { $0.value == $1.value }
        }
        let values = Dictionary(b.members.map { (ExactName($0.name), $0.value) }, uniquingKeysWith: { $1 })
        return a.members.allSatisfy { values[ExactName($0.name)] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for name in names.map(ExactName.init).sorted() { hasher.combine(name) }
    }
}
