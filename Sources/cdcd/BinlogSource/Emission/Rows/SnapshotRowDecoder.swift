import ConnectData
import MySQLWire

/// Converts rows of a snapshot's SELECT to values, by the same plan as the rows of the binlog.
///
/// The cells are those of the text protocol over a connection in utf8mb4. If a value differs from the stream's, the
/// reason is one of `SnapshotRendering`.
struct SnapshotRowDecoder: CellDecoder, Sendable {
    typealias Row = TextRow

    let plan: TablePlan
    let columns: ContiguousArray<CellColumn<TextConversion>>
    let keyOnlyColumns: ContiguousArray<CellColumn<TextConversion>>
    let cellCount: Int
    private let adjustsYears: Bool
    /// The zone in which the session's wall-clock times are interpreted; nil for UTC.
    private let connectionZone: ConnectionZone?

    init(_ plan: TablePlan, connectionZone: ConnectionZone?) {
        func column(_ column: ColumnPlan) -> CellColumn<TextConversion> {
            CellColumn(column, cell: column.selected, TextConversion(column.kind, plan.profile))
        }
        self.plan = plan
        columns = ContiguousArray(plan.columns.map(column))
        keyOnlyColumns = ContiguousArray(plan.keyOnlyColumns.map(column))
        cellCount = plan.selectedColumns.count
        adjustsYears = plan.options.adjustsYears
        self.connectionZone = connectionZone
    }

    func row(
        _ row: borrowing TextRow, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: columns, row, &failures) { value($0, at: $1, in: columns) }
    }

    func keyOnly(
        _ row: borrowing TextRow, failures: inout ConversionFailures
    ) throws(ConversionError) -> ContiguousArray<ConnectValue> {
        try values(of: keyOnlyColumns, row, &failures) { value($0, at: $1, in: keyOnlyColumns) }
    }

    /// The value of a cell that is not NULL, by the conversion of `columns[index]`.
    @inline(__always)
    private func value(
        _ cell: UnsafeRawBufferPointer, at index: Int, in columns: ContiguousArray<CellColumn<TextConversion>>
    ) -> CellResult {
        switch columns[index].conversion {
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
        case .date(let form, let hasYearZero): return date(cell, form, hasYearZero: hasYearZero)
        case .time(let form, let losesSign): return time(cell, form, losesSign: losesSign)
        case .dateTime(let form, let hasYearZero, let movesReformDays):
            return dateTime(cell, form, hasYearZero: hasYearZero, movesReformDays: movesReformDays)
        case .timestamp(let digits, let zeroIsEpoch, let isInConnectionZone):
            return timestamp(cell, digits, zeroIsEpoch: zeroIsEpoch, isInConnectionZone ? connectionZone : nil)
        case .year(let zero):
            guard let year = Self.unsigned(cell), year < 10_000 else { return unreadable }
            return .value(.integer(year == 0 ? Int64(zero) : Int64(TwoDigitYear.adjusted(Int(year)))))
        case .geometry: return Geometry.value(cell, columns[index].schema, isPoint: false)
        case .point: return Geometry.value(cell, columns[index].schema, isPoint: true)
        case .vector: return FloatVector.value(cell)
        }
    }

    private var unreadable: CellResult { .damaged("the server's text is not a value of its type") }

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

    private func isZero(_ date: MySQLDate, hasYearZero: Bool) -> Bool {
        date.month == 0 || date.day == 0 || (date.year == 0 && !hasYearZero)
    }

    private func date(_ cell: UnsafeRawBufferPointer, _ form: DateForm, hasYearZero: Bool) -> CellResult {
        guard var date = TextTemporal.date(cell) else { return unreadable }
        if isZero(date, hasYearZero: hasYearZero) { return .none }
        date.year = adjusted(date.year)
        guard date.year == 0 || date.isDayOfCalendar else { return .unrepresentable }
        return .value(form.value(date))
    }

    private func time(_ cell: UnsafeRawBufferPointer, _ form: TimeForm, losesSign: Bool) -> CellResult {
        guard var microseconds = TextTemporal.time(cell) else { return unreadable }
        if losesSign, microseconds < 0, microseconds > -3_600_000_000 { microseconds = -microseconds }
        return CellResult(form.value(microseconds))
    }

    private func dateTime(
        _ cell: UnsafeRawBufferPointer, _ form: DateTimeForm, hasYearZero: Bool, movesReformDays: Bool
    ) -> CellResult {
        guard var value = TextTemporal.dateTime(cell) else { return unreadable }
        if isZero(value.date, hasYearZero: hasYearZero) { return .none }
        // Java has no year 0: it is read as 1 BCE, and the era is dropped.
        value.date.year = adjusted(max(1, value.date.year))
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        var microseconds = value.epochMicroseconds
        if movesReformDays, value.date.isInReformGap { microseconds += 10 * 86_400_000_000 }
        return CellResult(form.value(epochMicroseconds: microseconds))
    }

    private func timestamp(
        _ cell: UnsafeRawBufferPointer, _ digits: Int?, zeroIsEpoch: Bool, _ zone: ConnectionZone?
    ) -> CellResult {
        guard let value = TextTemporal.dateTime(cell) else { return unreadable }
        if value.date.isZeroOrPartial { return zeroIsEpoch ? .value(.string(ISOText.epoch)) : .none }
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        var microseconds = value.epochMicroseconds
        if let zone { microseconds = zone.instant(ofLocalMicroseconds: microseconds) }
        return .value(.string(ISOText.dateTime(epochMicroseconds: microseconds, digits: digits)))
    }
}

extension MySQLDate {
    /// 1582-10-05 to 1582-10-14, which do not exist in Java's Julian-Gregorian calendar.
    fileprivate var isInReformGap: Bool { year == 1582 && month == 10 && (5...14).contains(day) }
}
