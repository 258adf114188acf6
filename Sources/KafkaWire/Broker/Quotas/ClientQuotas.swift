import KafkaProtocol

/// The quotas of clients, by the entities that they are for.
///
/// The rules, and the words of the errors, are those of Kafka's `ClientQuotaControlManager`.
struct ClientQuotas: Equatable, Sendable {
    /// A user, a client id, both, or an address. A name that is nil is the default of its type.
    struct Entity: Hashable, Sendable {
        var names: [String: String?]
    }

    /// One part of a filter.
    struct Component: Sendable {
        enum Match: Sendable {
            case name(String)
            case defaultName
            case any
        }

        let type: String
        let match: Match
    }

    private static let entityTypes = ["user", "client-id", "ip"]

    private var values: [Entity: [String: Double]] = [:]

    /// The entities with their quotas, always in the same order.
    var entries: [(entity: Entity, quotas: [String: Double])] {
        values.sorted { "\($0.key.sorted)" < "\($1.key.sorted)" }.map { ($0.key, $0.value) }
    }

    // MARK: Changes

    /// A change of one quota: nil removes it.
    typealias Change = (key: String, value: Double?)

    /// Changes the quotas of an entity. Throws, and changes nothing, if the entity or a change is invalid.
    mutating func apply(_ changes: [Change], to entity: Entity) throws(AdminError) {
        try Self.check(entity)
        var quotas = values[entity] ?? [:]
        for (key, value) in changes {
            try Self.check(key, value, for: entity)
            quotas[key] = value
        }
        values[entity] = quotas.isEmpty ? nil : quotas
    }

    private static func check(_ entity: Entity) throws(AdminError) {
        guard !entity.names.isEmpty else { throw invalid("Invalid empty client quota entity") }
        for (type, name) in entity.names.sorted(by: { $0.key < $1.key }) {
            guard entityTypes.contains(type) else {
                throw invalid("Unhandled client quota entity type: \(type)")
            }
            if name == "" { throw invalid("Empty \(type) not supported") }
        }
        if entity.names["ip"] != nil, entity.names.count > 1 {
            throw invalid("Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId")
        }
        if let name = entity.names["ip"], let address = name, !isAddress(address) {
            throw invalid("\(address) is not a valid IP or resolvable host.")
        }
    }

    /// Host names are not resolved.
    private static func isAddress(_ text: String) -> Bool {
        let isIPv6 = text.contains(":") && text.allSatisfy { $0 == ":" || $0.isASCII && $0.isHexDigit }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return isIPv6 || parts.count == 4 && !parts.contains(nil)
    }

    private static func check(_ key: String, _ value: Double?, for entity: Entity) throws(AdminError) {
        let isOfAddress = entity.names["ip"] != nil
        let wholeKeys = isOfAddress ? ["connection_creation_rate"] : ["producer_byte_rate", "consumer_byte_rate"]
        let fractionKeys = isOfAddress ? [] : ["request_percentage", "controller_mutation_rate"]
        guard wholeKeys.contains(key) || fractionKeys.contains(key) else {
            throw invalid("Invalid configuration key \(key)")
        }
        guard let value else { return }
        guard value > 0 else { throw invalid("Quota \(key) must be greater than 0") }
        guard !wholeKeys.contains(key) || value.rounded(.towardZero) == value else {
            throw invalid("\(key) cannot be a fractional value.")
        }
        let valueMax = key == "connection_creation_rate" ? Double(Int32.max) : Double(Int64.max)
        guard value < valueMax else { throw invalid("Proposed value for \(key) is too large.") }
    }

    private static func invalid(_ message: String) -> AdminError { AdminError(.invalidRequest, message) }

    // MARK: Lookup

    var isEmpty: Bool { values.isEmpty }

    /// A quota that applies to a client.
    struct Limit: Equatable {
        var value: Double
        /// What the entity names. Clients that have it in common share the quota; a default is for each by itself.
        var isOfUser: Bool
        var isOfClientID: Bool
    }

    /// The quota of a user's client: that of the first entity that has one, in the order of Kafka's documentation.
    func limit(_ key: String, user: String, clientID: String) -> Limit? {
        let names: [(user: String??, clientID: String??)] = [
            (.some(user), .some(clientID)), (.some(user), .some(nil)), (.some(user), nil),
            (.some(nil), .some(clientID)), (.some(nil), .some(nil)), (.some(nil), nil),
            (nil, .some(clientID)), (nil, .some(nil)),
        ]
        for (user, clientID) in names {
            var entity = Entity(names: [:])
            if let user { entity.names.updateValue(user, forKey: "user") }
            if let clientID { entity.names.updateValue(clientID, forKey: "client-id") }
            guard let value = values[entity]?[key] else { continue }
            return Limit(value: value, isOfUser: user != nil, isOfClientID: clientID != nil)
        }
        return nil
    }

    /// The quota of an address.
    func limit(_ key: String, address: String) -> Double? {
        values[Entity(names: ["ip": address])]?[key] ?? values[Entity(names: ["ip": nil])]?[key]
    }

    /// The entities that have all components; if `strict`, and nothing else. Throws if the filter is invalid.
    func matching(_ filter: [Component], strict: Bool) throws(AdminError) -> [(Entity, [String: Double])] {
        var types: Set<String> = []
        for component in filter {
            guard Self.entityTypes.contains(component.type) else {
                throw AdminError(.unsupportedVersion, "Unsupported entity type \(component.type)")
            }
            guard types.insert(component.type).inserted else {
                throw Self.invalid("Entity type \(component.type) cannot appear more than once in the filter.")
            }
        }
        if types.contains("ip"), types.count > 1 {
            throw Self.invalid(
                "Invalid entity filter component combination. IP filter component should not be used with user or "
                    + "clientId filter component.")
        }
        return entries.filter { entity, _ in
            (!strict || entity.names.count == filter.count) && filter.allSatisfy { component in
                guard let name = entity.names[component.type] else { return false }
                return switch component.match {
                case .name(let wanted): name == wanted
                case .defaultName: name == nil
                case .any: true
                }
            }
        }
    }
}

extension ClientQuotas.Entity {
    /// In the order of the types' names.
    var sorted: [(type: String, name: String?)] {
        names.map { (type: $0.key, name: $0.value) }.sorted { $0.type < $1.type }
    }
}
