import ConnectData

/// The values of a record beside its cells.
struct RowInputs {
    /// The fields of the `source` block.
    var source: ContiguousArray<ConnectValue>
    /// The index of the row in its event.
    var rowNumber = 0
    /// When the record is built, in microseconds since the epoch.
    var timeMicroseconds: Int64
}
