import MySQLWire
import WireCore

/// The row before and after a change; only one of them is set for an insert or a delete.
struct ChangeImages {
    private(set) var before = RowImage()
    private(set) var after = RowImage()

    /// Reads the images of the next row. Returns false at the end of the event.
    @inline(__always)
    mutating func read(
        _ rows: inout RowImages, _ kind: RowsEvent.Kind, _ storage: [ColumnStorage]
    ) throws(WireError) -> Bool {
        if rows.isAtEnd { return false }
        if kind != .insert { try rows.next(into: &before, columns: storage) }
        if kind != .delete { try rows.next(into: &after, columns: storage) }
        return true
    }
}
