/// Changes to the configurations of a resource.
public struct ConfigAlteration: Sendable, Equatable {
    /// What happens to one configuration.
    public enum Operation: Sendable, Equatable {
        /// Sets the value.
        case set(String)
        /// Removes the value, so that the default applies.
        case delete
        /// Adds an element to a list, or several, separated by commas.
        case append(String)
        /// Removes an element of a list, or several, separated by commas.
        case subtract(String)
    }

    /// The resource.
    public var resource: ConfigResource
    /// The changes, by the configuration's name.
    public var operations: [String: Operation]

    /// Changes to a resource.
    public init(_ resource: ConfigResource, _ operations: [String: Operation]) {
        self.resource = resource
        self.operations = operations
    }
}

extension ConfigAlteration.Operation {
    /// The number in the protocol.
    var code: Int8 {
        switch self {
        case .set: 0
        case .delete: 1
        case .append: 2
        case .subtract: 3
        }
    }

    var value: String? {
        switch self {
        case .set(let value), .append(let value), .subtract(let value): value
        case .delete: nil
        }
    }

    /// The value that replaces `old`; nil: none.
    func applied(to old: String?) -> String? {
        let elements = (old ?? "").split(separator: ",").map(String.init)
        switch self {
        case .set(let value): return value
        case .delete: return nil
        case .append(let value):
            let added = value.split(separator: ",").map(String.init).filter { !elements.contains($0) }
            return (elements + added).joined(separator: ",")
        case .subtract(let value):
            let removed = value.split(separator: ",").map(String.init)
            return elements.filter { !removed.contains($0) }.joined(separator: ",")
        }
    }
}
