import ConnectData
import MySQLWire

/// Writes rows of a snapshot's SELECT to sinks, by the same plan as the rows of the binlog.
///
/// The cells are those of the text protocol over a connection in utf8mb4. If a value differs from the stream's, the
/// reason is one of `SnapshotRendering`.
final class SnapshotRowDecoder: CellDecoder, Sendable {
    typealias Row = TextRow

    let plan: TablePlan
    let columns: CellColumns<TextConversion>
    let keyOnlyColumns: CellColumns<TextConversion>
    let cellCount: Int
    private let adjustsYears: Bool
    /// The zone in which the session's wall-clock times are interpreted; nil for UTC.
    private let connectionZone: ConnectionZone?

    init(_ plan: TablePlan, connectionZone: ConnectionZone?) {
        func columns(_ plans: ContiguousArray<ColumnPlan>) -> CellColumns<TextConversion> {
            var columns = CellColumns<TextConversion>()
            for column in plans {
                columns.append(column, cell: column.selected, TextConversion(column.kind, plan.profile))
            }
            return columns
        }
        self.plan = plan
        self.columns = columns(plan.columns)
        keyOnlyColumns = columns(plan.keyOnlyColumns)
        cellCount = plan.selectedColumns.count
        adjustsYears = plan.options.adjustsYears
        self.connectionZone = connectionZone
    }

    @inline(__always)
    func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ conversion: TextConversion, _ schema: @autoclosure () -> Schema,
        into sink: inout S, _ context: inout CellContext
    ) -> CellOutcome {
        switch conversion {
        case .plain(let kind): return write(cell, kind, schema(), into: &sink, &context)
        case .decimal(let mode, let scale):
            if mode == .precise, let unscaled = TextNumber.unscaled(cell, scale: scale) {
                sink.decimal(unscaled: unscaled)
            } else {
                guard let number = DecimalNumber(cell) else { return unreadable(&context) }
                number.rescaled(to: scale).write(mode, into: &sink)
            }
        case .binary(let mode): BinaryText.write(cell, mode, into: &sink)
        case .date(let form, let hasYearZero):
            guard let date = TextTemporal.date(cell) else { return unreadable(&context) }
            return write(date, form, hasYearZero: hasYearZero, into: &sink)
        case .time(let form, let losesSign):
            guard var microseconds = TextTemporal.time(cell) else { return unreadable(&context) }
            if losesSign, microseconds < 0, microseconds > -3_600_000_000 { microseconds = -microseconds }
            return CellOutcome(form.write(microseconds, into: &sink))
        case .dateTime(let form, let hasYearZero, let movesReformDays):
            guard let value = TextTemporal.dateTime(cell) else { return unreadable(&context) }
            return write(value, form, hasYearZero: hasYearZero, movesReformDays: movesReformDays, into: &sink)
        case .timestamp(let digits, let zeroIsEpoch, let isInConnectionZone):
            guard let value = TextTemporal.dateTime(cell) else { return unreadable(&context) }
            let zone = isInConnectionZone ? connectionZone : nil
            return write(value, digits, zeroIsEpoch: zeroIsEpoch, zone, into: &sink)
        case .year(let zero):
            guard let year = Self.unsigned(cell), year < 10_000 else { return unreadable(&context) }
            sink.integer(year == 0 ? Int64(zero) : Int64(TwoDigitYear.adjusted(Int(year))))
        }
        return .written
    }

    @inline(__always)
    private func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ conversion: TextConversion.Plain, _ schema: @autoclosure () -> Schema,
        into sink: inout S, _ context: inout CellContext
    ) -> CellOutcome {
        switch conversion {
        case .boolean:
            guard let number = Self.unsigned(cell) else { return unreadable(&context) }
            sink.boolean(number != 0)
        case .integer:
            guard let number = Self.signed(cell) else { return unreadable(&context) }
            sink.integer(number)
        case .unsignedDecimal:
            guard let number = Self.unsigned(cell) else { return unreadable(&context) }
            UnsignedDecimal.write(number, into: &sink)
        case .float32:
            guard let number = TextNumber.float(cell) else { return unreadable(&context) }
            sink.float32(number)
        case .float32Widened:
            guard let number = TextNumber.float(cell) else { return unreadable(&context) }
            sink.float64(Double(number))
        case .float64:
            guard let number = TextNumber.double(cell) else { return unreadable(&context) }
            sink.float64(number)
        case .bit:
            guard !cell.isEmpty else { return unreadable(&context) }
            sink.boolean(cell[cell.count - 1] & 1 != 0)
        case .bits: CellText.write(bits: cell, into: &sink, &context)
        case .text: CellText.write(utf8: cell, into: &sink, &context)
        case .geometry: return Geometry.write(cell, schema(), isPoint: false, into: &sink, &context)
        case .point: return Geometry.write(cell, schema(), isPoint: true, into: &sink, &context)
        case .vector: return FloatVector.write(cell, into: &sink, &context)
        }
        return .written
    }

    private func unreadable(_ context: inout CellContext) -> CellOutcome {
        context.damage = "the server's text is not a value of its type"
        return .damaged
    }

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
        if cell.count < 20 {
            // Less than 2^64.
            for byte in cell {
                let digit = byte &- 0x30
                guard digit < 10 else { return nil }
                value = value &* 10 &+ UInt64(digit)
            }
            return value
        }
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

    @inline(__always)
    private func write<S: ValueSink & ~Copyable>(
        _ value: MySQLDate, _ form: DateForm, hasYearZero: Bool, into sink: inout S
    ) -> CellOutcome {
        var date = value
        if isZero(date, hasYearZero: hasYearZero) { return .none }
        date.year = adjusted(date.year)
        guard date.year == 0 || date.isDayOfCalendar else { return .unrepresentable }
        form.write(date, into: &sink)
        return .written
    }

    @inline(__always)
    private func write<S: ValueSink & ~Copyable>(
        _ dateTime: MySQLDateTime, _ form: DateTimeForm, hasYearZero: Bool, movesReformDays: Bool, into sink: inout S
    ) -> CellOutcome {
        var value = dateTime
        if isZero(value.date, hasYearZero: hasYearZero) { return .none }
        // Java has no year 0: it is read as 1 BCE, and the era is dropped.
        value.date.year = adjusted(max(1, value.date.year))
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        var microseconds = value.epochMicroseconds
        if movesReformDays, value.date.isInReformGap { microseconds += 10 * 86_400_000_000 }
        return CellOutcome(form.write(epochMicroseconds: microseconds, into: &sink))
    }

    @inline(__always)
    private func write<S: ValueSink & ~Copyable>(
        _ value: MySQLDateTime, _ digits: Int?, zeroIsEpoch: Bool, _ zone: ConnectionZone?, into sink: inout S
    ) -> CellOutcome {
        if value.date.isZeroOrPartial {
            guard zeroIsEpoch else { return .none }
            ISOText.write(epochMicroseconds: 0, digits: 0, into: &sink)
            return .written
        }
        guard value.date.isDayOfCalendar else { return .unrepresentable }
        var microseconds = value.epochMicroseconds
        if let zone { microseconds = zone.instant(ofLocalMicroseconds: microseconds) }
        ISOText.write(epochMicroseconds: microseconds, digits: digits, into: &sink)
        return .written
    }
}

extension MySQLDate {
    /// 1582-10-05 to 1582-10-14, which do not exist in Java's Julian-Gregorian calendar.
    fileprivate var isInReformGap: Bool { year == 1582 && month == 10 && (5...14).contains(day) }
}
