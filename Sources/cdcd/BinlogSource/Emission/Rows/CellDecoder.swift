import ConnectData
import MySQLWire

/// A row whose cells are read: the image of a row event, a row of a result set.
protocol CellRow {
    /// The number of cells.
    var count: Int { get }
    /// The bytes of a cell. Returns nil for NULL.
    func cell(_ index: Int) -> UnsafeRawBufferPointer?
}

extension RowImage: CellRow {
    @inline(__always) func cell(_ index: Int) -> UnsafeRawBufferPointer? { self[index] }
}

extension TextRow: CellRow {
    @inline(__always) func cell(_ index: Int) -> UnsafeRawBufferPointer? { bytes(index) }
}

/// The properties of a column that decoding a cell needs. Conversions are trivial types, so that reading one costs no
/// retain.
struct CellColumn<Conversion: Sendable>: Sendable {
    /// The index of the cell in the row.
    let cell: Int
    /// The index of the column in the table.
    let index: Int
    let conversion: Conversion
    let null: NullRule
    /// The schema of the column's field; structs are created with it.
    let schema: Schema

    init(_ column: ColumnPlan, cell: Int, _ conversion: Conversion) {
        self.cell = cell
        index = column.index
        self.conversion = conversion
        null = column.null
        schema = column.schema
    }
}

/// Converts the rows of one protocol to values: those of row events, or those of the text protocol. The two differ in
/// how a cell is stored, which is the conversion; the loop over the columns is the same.
protocol CellDecoder {
    associatedtype Row: CellRow
    associatedtype Conversion: Sendable

    var plan: TablePlan { get }
    /// The number of cells in each row.
    var cellCount: Int { get }
    /// In the order of the row schema's fields.
    var columns: ContiguousArray<CellColumn<Conversion>> { get }
    /// Key columns that the row schema lacks.
    var keyOnlyColumns: ContiguousArray<CellColumn<Conversion>> { get }

    /// The values of the row schema's fields.
    ///
    /// A value that cannot be represented becomes null if NULL is allowed, and its column is added to `failures`.
    ///
    /// - Throws: a `ConversionError` if NULL is not allowed, or the cell is damaged.
    func row(
        _ row: borrowing Row, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue>
    /// The values of the key columns that the row schema lacks.
    func keyOnly(
        _ row: borrowing Row, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue>
}

extension CellDecoder {
    /// The loop over the columns of a row, with the decoder's own conversion of a cell. Always inlined, so that the
    /// conversion is inlined too: a witness call for each cell costs a third of the loop.
    @inline(__always)
    func values(
        of columns: ContiguousArray<CellColumn<Conversion>>, _ row: borrowing Row, _ failures: inout ConversionFailures,
        _ value: (_ cell: UnsafeRawBufferPointer, _ index: Int) -> CellResult
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        guard row.count == cellCount else {
            throw ConversionError(plan.definition.id, column: nil, "the row has \(row.count) cells, not \(cellCount)")
        }
        var result = ContiguousArray<ConnectValue>()
        result.reserveCapacity(columns.count)
        for index in columns.indices {
            guard let cell = row.cell(columns[index].cell) else {
                result.append(columns[index].null.value)
                continue
            }
            switch value(cell, index) {
            case .value(let value): result.append(value)
            case .none: result.append(columns[index].null.value)
            case .unrepresentable:
                failures.note(columns[index].index)
                result.append(try plan.failed(columns[index].null, columns[index].index))
            case .damaged(let reason):
                throw ConversionError(plan.definition.id, column: plan.name(ofColumn: columns[index].index), reason)
            }
        }
        return result
    }
}
