/// The source of a producer's id and epochs.
enum IdentitySource: Equatable, Sendable {
    /// Any broker assigns an id; the producer raises its epoch itself (KIP-360). For a producer without transactions.
    case selfRaised
    /// The coordinator of a transactional id assigns the producer's id and each new epoch (KIP-98, KIP-360), which
    /// fences older producers with that id. Their batches have the transactional bit.
    case coordinator(transactionalID: String, timeoutMilliseconds: Int32)

    var transactionalID: String? {
        switch self {
        case .selfRaised: nil
        case .coordinator(let transactionalID, _): transactionalID
        }
    }
}
