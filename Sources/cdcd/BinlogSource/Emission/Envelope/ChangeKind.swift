/// The kinds of records about rows and tables.
enum ChangeKind: Int, CaseIterable {
    case create, update, delete
    /// The record without a value after that of a delete.
    case tombstone
    /// A row of a snapshot.
    case read
    case truncate

    var operation: EnvelopeLayout.Operation? {
        switch self {
        case .create: .create
        case .update: .update
        case .delete: .delete
        case .tombstone: nil
        case .read: .read
        case .truncate: .truncate
        }
    }
}
