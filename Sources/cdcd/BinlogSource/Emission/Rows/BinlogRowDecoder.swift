import ConnectData
import MySQLWire
import WireCore

/// A table plan bound to the storage that a table map announces: turns row images into values. Made once for each table
/// map; the work per row is a loop over arrays.
public final class BinlogRowDecoder: Sendable {
    public let plan: TablePlan
    /// The layout of the row images.
    public let storage: [ColumnStorage]
    /// In the order of the row schema's fields.
    let columns: ContiguousArray<StoredColumn>
    /// Key columns that the row schema does not have, behind one another.
    let keyOnlyColumns: ContiguousArray<StoredColumn>
    private let encodings: [JavaEncoding]
    private let optionLists: [[String]]
    private let adjustsYears: Bool
    private let zeroTimestampIsEpoch: Bool

    struct StoredColumn: Sendable {
        /// The cell's place in the image.
        let cell: Int
        let conversion: StoredConversion
        let null: NullRule
        /// Of structs.
        let schema: Schema
    }

    /// Columns whose text is decoded with another character set than the schema history's, in words; empty where none
    /// is.
    let characterSetConflicts: [String]
    /// The columns of the table's key on the server where the messages' key, which the schema history gives, lacks one.
    let conflictingKey: [String]?

    /// Throws where the table map does not fit the definition.
    init(_ plan: TablePlan, _ map: TableMap) throws {
        let definition = plan.definition
        let storage = map.columns
        var check = try TableMapCheck(definition, map)
        var sets: [MySQLCharacterSet] = []
        var lists: [[String]] = []
        func stored(_ column: ColumnPlan) throws -> StoredColumn {
            let kind = try check.checked(column.kind, ofColumn: column.index)
            guard let conversion = StoredConversion(
                kind, storage[column.index], plan.profile, sets: &sets, lists: &lists)
            else { throw check.typeConflict(ofColumn: column.index, storage[column.index]) }
            return StoredColumn(cell: column.index, conversion: conversion, null: column.null, schema: column.schema)
        }
        columns = ContiguousArray(try plan.columns.map(stored))
        keyOnlyColumns = ContiguousArray(try plan.keyOnlyColumns.map(stored))
        characterSetConflicts = check.characterSetConflicts
        conflictingKey = plan.hasKeyOfDefinition ? check.conflictingKey(with: definition.primaryKeyColumnNames) : nil
        self.plan = plan
        self.storage = storage
        encodings = sets.map(JavaEncoding.init)
        optionLists = lists
        adjustsYears = plan.options.adjustsYears
        zeroTimestampIsEpoch = plan.profile.zeroTimestampIsEpoch
    }

    /// The values of the row schema's fields.
    ///
    /// A value that cannot be represented becomes null where NULL is allowed, and its column is noted in `failures`.
    /// Throws a `ConversionError` where NULL is not allowed, or the cell is damaged.
    func row(
        _ image: borrowing RowImage, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: columns, image, &failures)
    }

    /// The values of the key columns that the row does not hold.
    func keyOnly(
        _ image: borrowing RowImage, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: keyOnlyColumns, image, &failures)
    }

    private func values(
        of columns: ContiguousArray<StoredColumn>, _ image: borrowing RowImage, _ failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        guard image.count == storage.count else {
            throw ConversionError(plan.definition.id, column: nil, "the row image has \(image.count) cells")
        }
        var result = ContiguousArray<ConnectValue>()
        result.reserveCapacity(columns.count)
        for index in columns.indices {
            guard let cell = image[columns[index].cell] else {
                result.append(columns[index].null.value)
                continue
            }
            switch value(cell, columns[index].conversion, index, columns) {
            case .value(let value): result.append(value)
            case .none: result.append(columns[index].null.value)
            case .unrepresentable:
                failures.note(columns[index].cell)
                result.append(try plan.failed(columns[index].null, columns[index].cell))
            case .damaged(let reason):
                throw ConversionError(plan.definition.id, column: plan.name(ofCell: columns[index].cell), reason)
            }
        }
        return result
    }

    @inline(__always)
    private func value(
        _ cell: UnsafeRawBufferPointer, _ conversion: StoredConversion, _ index: Int,
        _ columns: ContiguousArray<StoredColumn>
    ) -> CellResult {
        switch conversion {
        case .boolean: return .value(.boolean(cell[0] != 0))
        case .int8: return .value(.integer(Int64(Int8(bitPattern: cell[0]))))
        case .uint8: return .value(.integer(Int64(cell[0])))
        case .int16: return .value(.integer(Int64(Int16(truncatingIfNeeded: cell.littleEndian(2)))))
        case .uint16: return .value(.integer(cell.littleEndian(2)))
        case .int24: return .value(.integer((cell.littleEndian(3) << 40) >> 40))
        case .uint24: return .value(.integer(cell.littleEndian(3)))
        case .int32: return .value(.integer(Int64(Int32(truncatingIfNeeded: cell.littleEndian(4)))))
        case .uint32: return .value(.integer(cell.littleEndian(4)))
        case .int64: return .value(.integer(cell.littleEndian(8)))
        case .unsignedDecimal: return .value(UnsignedDecimal.value(UInt64(bitPattern: cell.littleEndian(8))))
        case .float32: return .value(.float32(cell.float))
        case .float32Widened: return .value(.float64(Double(cell.float)))
        case .float64: return .value(.float64(cell.double))
        case .float64Narrowed: return .value(.float32(Float(cell.double)))
        case .decimal(let mode, let precision, let scale):
            return .value(StoredDecimal.value(cell, mode, precision: precision, scale: scale))
        case .rescaledDecimal(let precision, let scale, let newScale):
            return .value(
                StoredDecimal.rescaled(cell, precision: Int(precision), scale: Int(scale), to: Int(newScale)))
        case .bit: return .value(.boolean(cell[cell.count - 1] & 1 != 0))
        case .bits: return .value(.bytes(cell.reversed()))
        case .utf8: return .value(.string(JavaUTF8.decode(cell)))
        case .text(let index): return .value(.string(encodings[index].decode(cell)))
        case .binary(let mode, let padded):
            return .value(BinaryText.value(CellText.padded(cell, to: padded), mode))
        case .enumeration(let list): return enumeration(Int(cell.littleEndian(cell.count)), optionLists[list])
        case .set(let list):
            return .value(.string(CellText.set(UInt64(bitPattern: cell.littleEndian(cell.count)), optionLists[list])))
        case .json: return json(cell)
        case .geometry: return Geometry.value(cell, columns[index].schema, isPoint: false)
        case .point: return Geometry.value(cell, columns[index].schema, isPoint: true)
        case .vector: return FloatVector.value(cell)
        case .uuid: return .value(.string(CellText.uuid(cell)))
        default: return temporal(cell, conversion)
        }
    }

    private func enumeration(_ number: Int, _ options: [String]) -> CellResult {
        if number == 0 { return .value(.string("")) }
        guard number <= options.count else { return .unrepresentable }
        return .value(.string(options[number - 1]))
    }

    private func json(_ cell: UnsafeRawBufferPointer) -> CellResult {
        do throws(WireError) {
            guard let text = try StreamedJSON.text(of: cell) else { return .none }
            return .value(.string(text))
        } catch { return .damaged("its JSON is damaged: \(error)") }
    }

    private func temporal(_ cell: UnsafeRawBufferPointer, _ conversion: StoredConversion) -> CellResult {
        switch conversion {
        case .date(let form):
            var date = StoredTemporal.date(cell)
            if date.isZeroOrPartial { return .none }
            guard date.isDayOfCalendar else { return .unrepresentable }
            if adjustsYears { date.year = TwoDigitYear.adjusted(date.year) }
            return .value(form.value(date))
        case .dateTime2(let form): return dateTime(StoredTemporal.dateTime2(cell), form)
        case .dateTime(let form): return dateTime(StoredTemporal.dateTime(cell), form)
        case .time2(let form): return CellResult(form.value(StoredTemporal.time2(cell)))
        case .misreadTime2(let form): return CellResult(form.value(MisreadTime.microseconds(cell)))
        case .time(let form): return CellResult(form.value(StoredTemporal.time(cell)))
        case .timestamp2(let digits): return timestamp(StoredTemporal.timestamp2(cell), digits)
        case .timestamp(let digits): return timestamp(StoredTemporal.timestamp(cell), digits)
        // The year 0 comes out as 1900.
        case .year: return .value(.integer(1900 + Int64(cell[0])))
        default: preconditionFailure("no temporal conversion: \(conversion)")
        }
    }

    private func dateTime(_ stored: MySQLDateTime, _ form: DateTimeForm) -> CellResult {
        var value = stored
        if value.date.isZeroOrPartial { return .none }
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        if adjustsYears { value.date.year = TwoDigitYear.adjusted(value.date.year) }
        return CellResult(form.value(epochMicroseconds: value.epochMicroseconds))
    }

    private func timestamp(_ microseconds: Int64, _ digits: Int?) -> CellResult {
        if microseconds == 0 {
            return zeroTimestampIsEpoch ? .value(.string("1970-01-01T00:00:00Z")) : .none
        }
        return .value(.string(ISOText.dateTime(epochMicroseconds: microseconds, digits: digits)))
    }
}

extension TablePlan {
    /// The plan for reading this table's rows from the binlog.
    ///
    /// Throws a `PlanError` where the table map does not fit the definition, with the remedy.
    public func binlogDecoder(for map: TableMap) throws -> BinlogRowDecoder {
        try BinlogRowDecoder(self, map)
    }
}
