import ConnectData
import MySQLWire
import WireCore

/// A table plan bound to the storage that a table map describes: converts row images to values. Created once for each
/// table map; the work per row is a loop over arrays.
package final class BinlogRowDecoder: CellDecoder, Sendable {
    typealias Row = RowImage

    package let plan: TablePlan
    /// The layout of the row images.
    package let storage: [ColumnStorage]
    let columns: ContiguousArray<CellColumn<StoredConversion>>
    let keyOnlyColumns: ContiguousArray<CellColumn<StoredConversion>>
    var cellCount: Int { storage.count }
    private let encodings: [JavaEncoding]
    private let optionLists: [[String]]
    private let adjustsYears: Bool
    private let zeroTimestampIsEpoch: Bool

    /// Descriptions of the columns whose text is decoded with another character set than the schema history's.
    let characterSetConflicts: [String]
    /// The columns of the table's key on the server, if the messages' key, which comes from the schema history, lacks
    /// one of them.
    let conflictingKey: [String]?

    /// - Throws: a `PlanError` if the table map does not fit the definition.
    init(_ plan: TablePlan, _ map: TableMap) throws {
        let definition = plan.definition
        let storage = map.columns
        var check = try TableMapCheck(definition, map)
        var conversions = StoredConversions(plan.profile)
        func stored(_ column: ColumnPlan) throws -> CellColumn<StoredConversion> {
            let kind = try check.checked(column.kind, ofColumn: column.index)
            guard let conversion = conversions.conversion(kind, storage[column.index]) else {
                throw check.typeConflict(ofColumn: column.index, storage[column.index])
            }
            return CellColumn(column, cell: column.index, conversion)
        }
        columns = ContiguousArray(try plan.columns.map(stored))
        keyOnlyColumns = ContiguousArray(try plan.keyOnlyColumns.map(stored))
        characterSetConflicts = check.characterSetConflicts
        conflictingKey = plan.hasKeyOfDefinition ? check.conflictingKey(with: definition.primaryKeyColumnNames) : nil
        self.plan = plan
        self.storage = storage
        encodings = conversions.sets.map(JavaEncoding.init)
        optionLists = conversions.optionLists
        adjustsYears = plan.options.adjustsYears
        zeroTimestampIsEpoch = plan.profile.values.zeroTimestampIsEpoch
    }

    func row(
        _ row: borrowing RowImage, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: columns, row, &failures) { value($0, at: $1, in: columns) }
    }

    func keyOnly(
        _ row: borrowing RowImage, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: keyOnlyColumns, row, &failures) { value($0, at: $1, in: keyOnlyColumns) }
    }

    /// The value of a cell that is not NULL, by the conversion of `columns[index]`.
    @inline(__always)
    private func value(
        _ cell: UnsafeRawBufferPointer, at index: Int, in columns: ContiguousArray<CellColumn<StoredConversion>>
    ) -> CellResult {
        switch columns[index].conversion {
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
        case .date(let form): return date(cell, form)
        case .dateTime2(let form): return dateTime(StoredTemporal.dateTime2(cell), form)
        case .dateTime(let form): return dateTime(StoredTemporal.dateTime(cell), form)
        case .time2(let form): return CellResult(form.value(StoredTemporal.time2(cell)))
        case .misreadTime2(let form): return CellResult(form.value(DebeziumTimeDecoder.microseconds(cell)))
        case .time(let form): return CellResult(form.value(StoredTemporal.time(cell)))
        case .timestamp2(let digits): return timestamp(StoredTemporal.timestamp2(cell), digits)
        case .timestamp(let digits): return timestamp(StoredTemporal.timestamp(cell), digits)
        // The year 0 is emitted as 1900.
        case .year: return .value(.integer(1900 + Int64(cell[0])))
        case .json: return json(cell)
        case .geometry: return Geometry.value(cell, columns[index].schema, isPoint: false)
        case .point: return Geometry.value(cell, columns[index].schema, isPoint: true)
        case .vector: return FloatVector.value(cell)
        case .uuid: return .value(.string(CellText.uuid(cell)))
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

    private func date(_ cell: UnsafeRawBufferPointer, _ form: DateForm) -> CellResult {
        var date = StoredTemporal.date(cell)
        if date.isZeroOrPartial { return .none }
        guard date.isDayOfCalendar else { return .unrepresentable }
        if adjustsYears { date.year = TwoDigitYear.adjusted(date.year) }
        return .value(form.value(date))
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
            return zeroTimestampIsEpoch ? .value(.string(ISOText.epoch)) : .none
        }
        return .value(.string(ISOText.dateTime(epochMicroseconds: microseconds, digits: digits)))
    }
}

extension TablePlan {
    /// The plan for reading this table's rows from the binlog.
    ///
    /// - Throws: a `PlanError` with the remedy if the table map does not fit the definition.
    package func binlogDecoder(for map: TableMap) throws -> BinlogRowDecoder {
        try BinlogRowDecoder(self, map)
    }
}
