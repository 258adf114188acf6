/// A key that FindCoordinator maps to a broker.
enum CoordinatorKey: Hashable, Sendable, CustomStringConvertible {
    case group(String)
    case transaction(String)

    var id: String {
        switch self {
        case .group(let id), .transaction(let id): id
        }
    }

    /// The key type in FindCoordinator.
    var type: Int8 {
        switch self {
        case .group: 0
        case .transaction: 1
        }
    }

    var description: String {
        switch self {
        case .group(let id): "group \(id)"
        case .transaction(let id): "transactional id \(id)"
        }
    }
}
