import ConnectData
import MySQLWire

/// Turns rows of a snapshot's SELECT into values, by the same plan as the rows of the binlog.
///
/// The cells are those of the text protocol over a connection in utf8mb4. Where a value differs from the stream's, it
/// is one of `SnapshotRendering`.
struct SnapshotRowDecoder: Sendable {
    private let plan: TablePlan
    /// In the order of the row schema's fields.
    private let columns: ContiguousArray<SelectedColumn>
    /// Key columns that the row schema does not have, behind one another.
    private let keyOnlyColumns: ContiguousArray<SelectedColumn>
    private let profile: DebeziumProfile
    private let adjustsYears: Bool
    /// The zone in which the session's wall clock is believed to be; nil: it is taken as it is.
    private let connectionZone: ConnectionZone?

    /// What a cell needs of its column. `conversion` is trivial, so that looking at it costs no retain.
    private struct SelectedColumn {
        /// Its place in the SELECT.
        let cell: Int
        /// Its place in the table.
        let index: Int
        let conversion: TextConversion
        let null: NullRule
        /// Of structs.
        let schema: Schema

        init(_ column: ColumnPlan) {
            cell = column.selected
            index = column.index
            conversion = TextConversion(column.kind)
            null = column.null
            schema = column.schema
        }
    }

    init(_ plan: TablePlan, connectionZone: ConnectionZone?) {
        self.plan = plan
        columns = ContiguousArray(plan.columns.map(SelectedColumn.init))
        keyOnlyColumns = ContiguousArray(plan.keyOnlyColumns.map(SelectedColumn.init))
        profile = plan.profile
        adjustsYears = plan.options.adjustsYears
        self.connectionZone = connectionZone
    }

    /// The values of the row schema's fields. The row has a cell for each of `plan.selectedColumns`.
    func row(
        _ row: borrowing TextRow, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: columns, row, &failures)
    }

    func keyOnly(
        _ row: borrowing TextRow, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: keyOnlyColumns, row, &failures)
    }

    private func values(
        of columns: ContiguousArray<SelectedColumn>, _ row: borrowing TextRow, _ failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        guard row.count == plan.selectedColumns.count else {
            throw ConversionError(plan.definition.id, column: nil, "the row has \(row.count) cells")
        }
        var result = ContiguousArray<ConnectValue>()
        result.reserveCapacity(columns.count)
        for index in columns.indices {
            guard let cell = row.bytes(columns[index].cell) else {
                result.append(columns[index].null.value)
                continue
            }
            switch value(cell, columns[index].conversion, index, columns) {
            case .value(let value): result.append(value)
            case .none: result.append(columns[index].null.value)
            case .unrepresentable:
                failures.note(columns[index].index)
                result.append(try plan.failed(columns[index].null, columns[index].index))
            case .damaged(let reason):
                throw ConversionError(plan.definition.id, column: plan.name(ofCell: columns[index].index), reason)
            }
        }
        return result
    }

    @inline(__always)
    private func value(
        _ cell: UnsafeRawBufferPointer, _ conversion: TextConversion, _ index: Int,
        _ columns: ContiguousArray<SelectedColumn>
    ) -> CellResult {
        switch conversion {
        case .boolean: return Self.unsigned(cell).map { .value(.boolean($0 != 0)) } ?? unreadable
        case .integer: return Self.signed(cell).map { .value(.integer($0)) } ?? unreadable
        case .unsignedDecimal: return Self.unsigned(cell).map { .value(UnsignedDecimal.value($0)) } ?? unreadable
        case .float32: return TextNumber.float(cell).map { .value(.float32($0)) } ?? unreadable
        case .float32Widened: return TextNumber.float(cell).map { .value(.float64(Double($0))) } ?? unreadable
        case .float64: return TextNumber.double(cell).map { .value(.float64($0)) } ?? unreadable
        case .decimal(let mode, let scale):
            return DecimalNumber(cell).map { .value($0.rescaled(to: scale).value(mode)) } ?? unreadable
        case .bit: return cell.isEmpty ? unreadable : .value(.boolean(cell[cell.count - 1] & 1 != 0))
        case .bits: return .value(.bytes(cell.reversed()))
        case .text: return .value(.string(JavaUTF8.decode(cell)))
        case .binary(let mode): return .value(BinaryText.value([UInt8](cell), mode))
        case .date(let form): return date(cell, form)
        case .time(let form): return time(cell, form)
        case .dateTime(let form): return dateTime(cell, form)
        case .timestamp: return timestamp(cell)
        case .year:
            guard let year = Self.unsigned(cell), year < 10_000 else { return unreadable }
            return .value(.integer(Int64(TwoDigitYear.adjusted(Int(year)))))
        case .geometry: return Geometry.value(cell, columns[index].schema, isPoint: false)
        case .point: return Geometry.value(cell, columns[index].schema, isPoint: true)
        case .vector: return FloatVector.value(cell)
        }
    }

    private var unreadable: CellResult { .damaged("the server gave a text that is no value of its type") }

    // MARK: Numbers

    /// Unsigned numbers above 2^63 wrap, as they do in the stream.
    private static func signed(_ cell: UnsafeRawBufferPointer) -> Int64? {
        if cell.first == UInt8(ascii: "-") {
            let magnitude = unsigned(UnsafeRawBufferPointer(rebasing: cell.dropFirst()))
            return magnitude.map { 0 &- Int64(bitPattern: $0) }
        }
        return unsigned(cell).map { Int64(bitPattern: $0) }
    }

    private static func unsigned(_ cell: UnsafeRawBufferPointer) -> UInt64? {
        guard !cell.isEmpty, cell.count <= 20 else { return nil }
        var value: UInt64 = 0
        for byte in cell {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte - 0x30))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    // MARK: Times

    private func adjusted(_ year: Int) -> Int { adjustsYears ? TwoDigitYear.adjusted(year) : year }

    private func isZero(_ date: MySQLDate) -> Bool {
        date.month == 0 || date.day == 0 || (date.year == 0 && !profile.renders(.yearZeroDates))
    }

    private func date(_ cell: UnsafeRawBufferPointer, _ form: DateForm) -> CellResult {
        guard var date = TextTemporal.date(cell) else { return unreadable }
        if isZero(date) { return .none }
        date.year = adjusted(date.year)
        guard date.year == 0 || date.isDayOfCalendar else { return .unrepresentable }
        return .value(form.value(date))
    }

    private func time(_ cell: UnsafeRawBufferPointer, _ form: TimeForm) -> CellResult {
        guard var microseconds = TextTemporal.time(cell) else { return unreadable }
        if microseconds < 0, microseconds > -3_600_000_000, profile.renders(.timeSignLost) {
            microseconds = -microseconds
        }
        return CellResult(form.value(microseconds))
    }

    private func dateTime(_ cell: UnsafeRawBufferPointer, _ form: DateTimeForm) -> CellResult {
        guard var value = TextTemporal.dateTime(cell) else { return unreadable }
        if isZero(value.date) { return .none }
        // Java knows no year 0: it reads the year 1 before Christ, and then forgets the era.
        value.date.year = adjusted(max(1, value.date.year))
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        var microseconds = value.epochMicroseconds
        if value.date.isInReformGap { microseconds += 10 * 86_400_000_000 }
        return CellResult(form.value(epochMicroseconds: microseconds))
    }

    private func timestamp(_ cell: UnsafeRawBufferPointer) -> CellResult {
        guard let value = TextTemporal.dateTime(cell) else { return unreadable }
        if isZero(value.date) { return .none }
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        var microseconds = value.epochMicroseconds
        if let connectionZone { microseconds = connectionZone.instant(ofLocalMicroseconds: microseconds) }
        return .value(.string(ISOText.dateTime(epochMicroseconds: microseconds, digits: nil)))
    }
}

extension MySQLDate {
    /// 1582-10-05 to 1582-10-14, which Java's older calendar does not have.
    fileprivate var isInReformGap: Bool { year == 1582 && month == 10 && (5...14).contains(day) }
}
