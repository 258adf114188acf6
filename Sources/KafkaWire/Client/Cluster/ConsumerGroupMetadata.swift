/// Who commits offsets for a group: the member and its generation, so that the coordinator can refuse members that have
/// left the group (KIP-447).
public struct ConsumerGroupMetadata: Sendable, Hashable {
    /// The group's id (`group.id`).
    public var groupID: String
    /// The generation of a classic group, or the member's epoch (KIP-848); -1: not a member.
    public var generationID: Int32
    /// The id that the coordinator has assigned; empty: not a member.
    public var memberID: String
    /// The id of a static member (`group.instance.id`).
    public var groupInstanceID: String?

    /// A member of a group; with a group's id alone, the coordinator does not check who commits.
    public init(groupID: String, generationID: Int32 = -1, memberID: String = "", groupInstanceID: String? = nil) {
        self.groupID = groupID
        self.generationID = generationID
        self.memberID = memberID
        self.groupInstanceID = groupInstanceID
    }

    /// Whether a member is named.
    var isOfMember: Bool { generationID >= 0 || !memberID.isEmpty || groupInstanceID != nil }
}
