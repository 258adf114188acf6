/// Where a producer's id and its epochs come from.
enum IdentitySource: Equatable, Sendable {
    /// Any broker gives an id; the producer raises its epoch itself (KIP-360). For a producer without transactions.
    case selfRaised
    /// The coordinator of a transactional id gives the producer's id and each new epoch (KIP-98, KIP-360), which fences
    /// older producers with that id. Their batches carry the transactional bit.
    case coordinator(transactionalID: String, timeoutMilliseconds: Int32)

    var transactionalID: String? {
        switch self {
        case .selfRaised: nil
        case .coordinator(let transactionalID, _): transactionalID
        }
    }
}
