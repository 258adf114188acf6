/// Limits for clients (KIP-546).
public struct ClientQuota: Sendable, Equatable {
    /// The clients: type (`user`, `client-id` or `ip`) to name; nil: the default for those without limits of their own.
    public var entity: [String: String?]
    /// The limits, for example `producer_byte_rate`, in bytes a second.
    public var values: [String: Double]
}

/// Selects limits by one part of their entity.
public struct ClientQuotaFilter: Sendable, Equatable {
    /// Which names are selected.
    public enum Match: Sendable, Equatable {
        /// This name.
        case exact(String)
        /// The default.
        case `default`
        /// Every name, and the default.
        case any
    }

    /// `user`, `client-id` or `ip`.
    public var entityType: String
    /// Which names are selected.
    public var match: Match

    /// Selects limits by a part of their entity.
    public init(_ entityType: String, _ match: Match) {
        self.entityType = entityType
        self.match = match
    }
}

/// Changes to the limits of an entity.
public struct ClientQuotaAlteration: Sendable, Equatable {
    /// The clients: type (`user`, `client-id` or `ip`) to name; nil: the default for those without limits of their own.
    public var entity: [String: String?]
    /// Limit to its value; nil removes it.
    public var values: [String: Double?]

    /// Changes to the limits of an entity.
    public init(_ entity: [String: String?], _ values: [String: Double?]) {
        self.entity = entity
        self.values = values
    }
}
