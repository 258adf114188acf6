import ConnectData
import MySQLWire

/// A row whose cells are read: the image of a row event, a row of a result set.
protocol CellRow {
    /// The number of cells.
    var count: Int { get }
    /// The bytes of a cell. Returns nil for NULL.
    ///
    /// Precondition: `index` is less than `count`. It is not checked again for each cell.
    func cell(_ index: Int) -> UnsafeRawBufferPointer?
}

extension RowImage: CellRow {
    @inline(__always) func cell(_ index: Int) -> UnsafeRawBufferPointer? { self[unchecked: index] }
}

extension TextRow: CellRow {
    @inline(__always) func cell(_ index: Int) -> UnsafeRawBufferPointer? { bytes(unchecked: index) }
}

/// What writing the cells of a column needs. A trivial type, so that reading it from an array costs no retain.
struct CellColumn<Conversion: BitwiseCopyable & Sendable>: BitwiseCopyable, Sendable {
    /// The index of the cell in the row.
    let cell: Int32
    /// The index of the column in the table.
    let index: Int32
    /// Whether NULL is written as null, without another value for it.
    let writesNull: Bool
    let conversion: Conversion
}

/// The cells of consecutive fields.
struct CellColumns<Conversion: BitwiseCopyable & Sendable>: Sendable {
    private(set) var columns: ContiguousArray<CellColumn<Conversion>> = []
    /// By field: what is written for NULL.
    private(set) var nulls: ContiguousArray<NullRule> = []
    /// By field.
    private(set) var schemas: ContiguousArray<Schema> = []

    var count: Int { columns.count }

    /// Precondition: `index` is less than `count`.
    @inline(__always)
    func uncheckedColumn(_ index: Int) -> CellColumn<Conversion> { columns.withUnsafeBufferPointer { $0[index] } }

    /// - Parameter cell: the index of the cell in the row.
    mutating func append(_ column: ColumnPlan, cell: Int, _ conversion: Conversion) {
        append(
            cell: Int32(clamping: cell), index: Int32(clamping: column.index), conversion, column.null, column.schema)
    }

    /// - Parameter default: replaces null.
    mutating func append(_ index: Int, of other: CellColumns, default: ConnectValue?) {
        let column = other.columns[index]
        var null = other.nulls[index]
        if let replacement = `default`, null.value.isNull { null = null.with(value: replacement) }
        append(cell: column.cell, index: column.index, column.conversion, null, other.schemas[index])
    }

    private mutating func append(
        cell: Int32, index: Int32, _ conversion: Conversion, _ null: NullRule, _ schema: Schema
    ) {
        columns.append(CellColumn(cell: cell, index: index, writesNull: null.value.isNull, conversion: conversion))
        nulls.append(null)
        schemas.append(schema)
    }
}

/// Writes the rows of one protocol to sinks: those of row events, or those of the text protocol. The two differ in how
/// a cell is stored, which is the conversion; the loop over the columns is the same.
protocol CellDecoder {
    associatedtype Row: CellRow
    associatedtype Conversion: BitwiseCopyable, Sendable

    var plan: TablePlan { get }
    /// The number of cells in each row.
    var cellCount: Int { get }
    /// In the order of the row schema's fields.
    var columns: CellColumns<Conversion> { get }
    /// Key columns that the row schema lacks.
    var keyOnlyColumns: CellColumns<Conversion> { get }

    /// Writes a cell that is not NULL.
    /// - Parameter schema: of the cell's field; structs are written with it.
    func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ conversion: Conversion, _ schema: @autoclosure () -> Schema,
        into sink: inout S, _ context: inout CellContext
    ) -> CellOutcome
}

extension CellDecoder {
    /// Writes the cells of the columns. Specialized for each sink, with the conversion of a cell inlined: a call for
    /// each cell costs a third of the loop.
    ///
    /// A value that cannot be represented becomes null if NULL is allowed, and its column is added to the failures.
    ///
    /// - Throws: a `ConversionError` if NULL is not allowed, or the cell is damaged.
    func write<S: ValueSink & ~Copyable>(
        _ range: Range<Int>, of cells: CellColumns<Conversion>, _ row: borrowing Row, into sink: inout S,
        _ context: inout CellContext
    ) throws(ConversionError) {
        guard row.count == cellCount else {
            throw ConversionError(plan.definition.id, column: nil, "the row has \(row.count) cells, not \(cellCount)")
        }
        precondition(range.upperBound <= cells.count)
        for index in range {
            let column = cells.uncheckedColumn(index)
            guard let cell = row.cell(Int(column.cell)) else {
                if column.writesNull { sink.null() } else { sink.value(cells.nulls[index].value) }
                continue
            }
            switch write(cell, column.conversion, cells.schemas[index], into: &sink, &context) {
            case .written: continue
            case .none: sink.value(cells.nulls[index].value)
            case .unrepresentable:
                context.failures.append(Int(column.index))
                sink.value(try plan.failed(cells.nulls[index], Int(column.index)))
            case .damaged:
                throw ConversionError(
                    plan.definition.id, column: plan.name(ofColumn: Int(column.index)), context.damage)
            }
        }
    }

    /// The values of the row schema's fields.
    func values(
        _ row: borrowing Row, _ context: inout CellContext
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        var values = ContiguousArray<ConnectValue>()
        values.reserveCapacity(columns.count)
        for index in 0..<columns.count { values.append(try value(index, of: columns, row, &context)) }
        return values
    }

    /// The value of one field.
    func value(
        _ index: Int, of cells: CellColumns<Conversion>, _ row: borrowing Row, _ context: inout CellContext
    ) throws(ConversionError) -> ConnectValue {
        var builder = ValueBuilder()
        try write(index..<index + 1, of: cells, row, into: &builder, &context)
        return builder.takeValue()
    }
}
