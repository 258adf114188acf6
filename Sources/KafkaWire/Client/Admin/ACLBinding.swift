/// A rule that allows or denies an operation on resources to a principal.
public struct ACLBinding: Sendable, Hashable {
    /// The kind of resource.
    public var resourceType: ACLResourceType
    /// The resource's name, or what it begins with; `*` with a literal pattern is any.
    public var resourceName: String
    /// How the name is compared: literal or prefixed.
    public var patternType: ACLPatternType
    /// For example `User:alice`.
    public var principal: String
    /// An address, or `*` for any.
    public var host: String
    /// What is allowed or denied.
    public var operation: ACLOperation
    /// Whether it is allowed or denied.
    public var permission: ACLPermission

    /// A rule.
    public init(
        _ permission: ACLPermission, _ operation: ACLOperation, to principal: String, host: String = "*",
        on resourceType: ACLResourceType, _ resourceName: String, patternType: ACLPatternType = .literal
    ) {
        self.resourceType = resourceType
        self.resourceName = resourceName
        self.patternType = patternType
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }
}

/// Selects rules. The default of each property selects all.
public struct ACLFilter: Sendable, Hashable {
    /// The kind of resource.
    public var resourceType = ACLResourceType.any
    /// The resource's name; nil: any.
    public var resourceName: String?
    /// How the name of a rule is compared with `resourceName`: `.match` selects all rules that apply to that resource.
    public var patternType = ACLPatternType.any
    /// The principal; nil: any.
    public var principal: String?
    /// The host of the rule; nil: any.
    public var host: String?
    /// The operation.
    public var operation = ACLOperation.any
    /// The permission.
    public var permission = ACLPermission.any

    /// Selects all rules.
    public init() {}

    /// Selects one rule.
    public init(_ binding: ACLBinding) {
        resourceType = binding.resourceType
        resourceName = binding.resourceName
        patternType = binding.patternType
        principal = binding.principal
        host = binding.host
        operation = binding.operation
        permission = binding.permission
    }
}

/// The kinds of resources that rules apply to.
@nonexhaustive
public enum ACLResourceType: Int8, Sendable {
    /// A kind that this version does not know.
    case unknown = 0
    /// In filters.
    case any = 1
    case topic, group, cluster, transactionalID, delegationToken, user
}

/// How a rule's name is compared with a resource's.
@nonexhaustive
public enum ACLPatternType: Int8, Sendable {
    /// A pattern that this version does not know.
    case unknown = 0
    /// In filters.
    case any = 1
    /// In filters: rules that apply to a resource of this name.
    case match
    /// The names are equal, or the rule's is `*`.
    case literal
    /// The resource's name begins with the rule's.
    case prefixed
}

/// What a rule allows or denies.
@nonexhaustive
public enum ACLOperation: Int8, Sendable, CaseIterable {
    /// An operation that this version does not know.
    case unknown = 0
    /// In filters.
    case any = 1
    case all, read, write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs
    case idempotentWrite, createTokens, describeTokens, twoPhaseCommit

    /// The operations of a set of bits; nil if the broker reports none.
    static func operations(_ bits: Int32) -> Set<ACLOperation>? {
        guard bits != .min else { return nil }
        return Set(allCases.filter { $0.rawValue > 1 && bits >> Int32($0.rawValue) & 1 == 1 })
    }
}

/// Whether a rule allows or denies.
@nonexhaustive
public enum ACLPermission: Int8, Sendable {
    /// A permission that this version does not know.
    case unknown = 0
    /// In filters.
    case any = 1
    case deny, allow
}
