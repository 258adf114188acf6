import ConnectData
import MySQLWire
import WireCore

/// A table plan bound to the storage that a table map describes: writes row images to sinks. Created once for each
/// table map; the work per row is a loop over arrays.
package final class BinlogRowDecoder: CellDecoder, Sendable {
    typealias Row = RowImage

    package let plan: TablePlan
    /// The layout of the row images.
    package let storage: [ColumnStorage]
    let columns: CellColumns<StoredConversion>
    let keyOnlyColumns: CellColumns<StoredConversion>
    var cellCount: Int { storage.count }
    private let encodings: [JavaEncoding]
    private let optionLists: [OptionTexts]
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
        func stored(_ plans: ContiguousArray<ColumnPlan>) throws -> CellColumns<StoredConversion> {
            var columns = CellColumns<StoredConversion>()
            for column in plans {
                let kind = try check.checked(column.kind, ofColumn: column.index)
                guard let conversion = conversions.conversion(kind, storage[column.index]) else {
                    throw check.typeConflict(ofColumn: column.index, storage[column.index])
                }
                columns.append(column, cell: column.index, conversion)
            }
            return columns
        }
        columns = try stored(plan.columns)
        keyOnlyColumns = try stored(plan.keyOnlyColumns)
        characterSetConflicts = check.characterSetConflicts
        conflictingKey = plan.hasKeyOfDefinition ? check.conflictingKey(with: definition.primaryKeyColumnNames) : nil
        self.plan = plan
        self.storage = storage
        encodings = conversions.sets.map(JavaEncoding.init)
        optionLists = conversions.optionLists
        adjustsYears = plan.options.adjustsYears
        zeroTimestampIsEpoch = plan.profile.values.zeroTimestampIsEpoch
    }

    @inline(__always)
    func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ conversion: StoredConversion, _ schema: @autoclosure () -> Schema,
        into sink: inout S, _ context: inout CellContext
    ) -> CellOutcome {
        switch conversion {
        case .plain(let kind): return write(cell, kind, schema(), into: &sink, &context)
        case .decimal(let mode, let precision, let scale):
            StoredDecimal.write(cell, mode, precision: precision, scale: scale, into: &sink)
        case .rescaledDecimal(let precision, let scale, let newScale):
            StoredDecimal.writeRescaled(
                cell, precision: Int(precision), scale: Int(scale), to: Int(newScale), into: &sink)
        case .text(let index): CellText.write(cell, encodings[index], into: &sink, &context)
        case .binary(let mode, let padded):
            if cell.count < padded {
                CellText.write(padded: cell, to: padded, mode, into: &sink, &context)
            } else {
                BinaryText.write(cell, mode, into: &sink)
            }
        case .enumeration(let list):
            return enumeration(Int(truncatingIfNeeded: cell.littleEndian(cell.count)), list, into: &sink)
        case .set(let list):
            let bits = cell.littleEndian(cell.count)
            CellText.write(set: bits, optionLists[list], into: &sink, &context)
        case .date(let form): return date(cell, form, into: &sink)
        case .dateTime2(let form): return dateTime(StoredTemporal.dateTime2(cell), form, into: &sink)
        case .dateTime(let form): return dateTime(StoredTemporal.dateTime(cell), form, into: &sink)
        case .time2(let form): return CellOutcome(form.write(StoredTemporal.time2(cell), into: &sink))
        case .misreadTime2(let form):
            return CellOutcome(form.write(DebeziumTimeDecoder.microseconds(cell), into: &sink))
        case .time(let form): return CellOutcome(form.write(StoredTemporal.time(cell), into: &sink))
        case .timestamp2(let digits): return timestamp(StoredTemporal.timestamp2(cell), digits, into: &sink)
        case .timestamp(let digits): return timestamp(StoredTemporal.timestamp(cell), digits, into: &sink)
        }
        return .written
    }

    @inline(__always)
    private func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ conversion: StoredConversion.Plain, _ schema: @autoclosure () -> Schema,
        into sink: inout S, _ context: inout CellContext
    ) -> CellOutcome {
        switch conversion {
        case .boolean: sink.boolean(cell[0] != 0)
        case .int8: sink.integer(Int64(Int8(bitPattern: cell[0])))
        case .uint8: sink.integer(Int64(cell[0]))
        case .int16: sink.integer(Int64(Int16(truncatingIfNeeded: cell.littleEndian(2))))
        case .uint16: sink.integer(Int64(bitPattern: cell.littleEndian(2)))
        case .int24: sink.integer((Int64(bitPattern: cell.littleEndian(3)) << 40) >> 40)
        case .uint24: sink.integer(Int64(bitPattern: cell.littleEndian(3)))
        case .int32: sink.integer(Int64(Int32(truncatingIfNeeded: cell.littleEndian(4))))
        case .uint32: sink.integer(Int64(bitPattern: cell.littleEndian(4)))
        case .int64: sink.integer(Int64(bitPattern: cell.littleEndian(8)))
        case .unsignedDecimal: UnsignedDecimal.write(cell.littleEndian(8), into: &sink)
        case .float32: sink.float32(cell.float)
        case .float32Widened: sink.float64(Double(cell.float))
        case .float64: sink.float64(cell.double)
        case .float64Narrowed: sink.float32(Float(cell.double))
        case .bit: sink.boolean(cell[cell.count - 1] & 1 != 0)
        case .bits: CellText.write(bits: cell, into: &sink, &context)
        case .utf8: CellText.write(utf8: cell, into: &sink, &context)
        // The year 0 is emitted as 1900.
        case .year: sink.integer(1900 + Int64(cell[0]))
        case .json: return json(cell, into: &sink, &context)
        case .geometry: return Geometry.write(cell, schema(), isPoint: false, into: &sink, &context)
        case .point: return Geometry.write(cell, schema(), isPoint: true, into: &sink, &context)
        case .vector: return FloatVector.write(cell, into: &sink, &context)
        case .uuid: CellText.write(uuid: cell, into: &sink, &context)
        }
        return .written
    }

    private func enumeration<S: ValueSink & ~Copyable>(_ number: Int, _ list: Int, into sink: inout S) -> CellOutcome {
        if number == 0 {
            sink.text(UnsafeRawBufferPointer(start: nil, count: 0))
            return .written
        }
        guard number <= optionLists[list].count else { return .unrepresentable }
        optionLists[list].withUTF8(number - 1) { sink.text($0) }
        return .written
    }

    private func json<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, into sink: inout S, _ context: inout CellContext
    ) -> CellOutcome {
        context.scratch.reset()
        do throws(WireError) {
            guard try StreamedJSON.write(cell, into: &context.scratch) else { return .none }
        } catch {
            context.damage = "its JSON is damaged: \(error)"
            return .damaged
        }
        CellText.write(renderedJSON: &context, into: &sink)
        return .written
    }

    @inline(__always)
    private func date<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ form: DateForm, into sink: inout S
    ) -> CellOutcome {
        var date = StoredTemporal.date(cell)
        if date.isZeroOrPartial { return .none }
        guard date.isDayOfCalendar else { return .unrepresentable }
        if adjustsYears { date.year = TwoDigitYear.adjusted(date.year) }
        form.write(date, into: &sink)
        return .written
    }

    @inline(__always)
    private func dateTime<S: ValueSink & ~Copyable>(
        _ stored: MySQLDateTime, _ form: DateTimeForm, into sink: inout S
    ) -> CellOutcome {
        var value = stored
        if value.date.isZeroOrPartial { return .none }
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        if adjustsYears { value.date.year = TwoDigitYear.adjusted(value.date.year) }
        return CellOutcome(form.write(epochMicroseconds: value.epochMicroseconds, into: &sink))
    }

    @inline(__always)
    private func timestamp<S: ValueSink & ~Copyable>(
        _ microseconds: Int64, _ digits: Int?, into sink: inout S
    ) -> CellOutcome {
        if microseconds == 0 {
            guard zeroTimestampIsEpoch else { return .none }
            ISOText.write(epochMicroseconds: 0, digits: 0, into: &sink)
        } else {
            ISOText.write(epochMicroseconds: microseconds, digits: digits, into: &sink)
        }
        return .written
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
