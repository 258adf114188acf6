import WireCore

/// What writing the cells of a row needs and leaves. Owned by an emitter and reused for each row.
struct CellContext: ~Copyable {
    /// Memory for values that are converted before they are written.
    var scratch = ByteWriter(capacityBytes: 256)
    /// The columns of the row whose values could not be represented: indexes in the table.
    var failures: [Int] = []
    /// Why a cell is damaged.
    var damage = ""
}

/// The outcome of writing a cell. Nothing is written unless it is `written`.
enum CellOutcome: BitwiseCopyable {
    case written
    /// Emitted as NULL: a zero date, an empty JSON document.
    case none
    /// A value that the column's representation cannot hold, for example a TIME of 30 hours as a time of day.
    case unrepresentable
    /// Bytes that the type does not allow; `CellContext.damage` has the reason.
    case damaged

    /// - Parameter isWritten: false: the value cannot be represented.
    @inline(__always) init(_ isWritten: Bool) { self = isWritten ? .written : .unrepresentable }
}
