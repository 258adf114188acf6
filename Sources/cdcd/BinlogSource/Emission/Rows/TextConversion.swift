/// The conversion of a cell of a snapshot's SELECT to a value: selected once for each column. A trivial type, so that
/// reading it costs no retain.
enum TextConversion: Sendable, Hashable, BitwiseCopyable {
    case plain(Plain)
    case decimal(ValueOptions.DecimalMode, scale: Int)
    case binary(ValueOptions.BinaryMode)
    /// `hasYearZero`: whether dates of the year 0 have a value.
    case date(DateForm, hasYearZero: Bool)
    /// `losesSign`: whether a negative time above -01:00:00 becomes positive.
    case time(TimeForm, losesSign: Bool)
    /// `movesReformDays`: whether the days that the Gregorian reform skipped become days ten days later.
    case dateTime(DateTimeForm, hasYearZero: Bool, movesReformDays: Bool)
    /// `digits`: the number of fractional digits; nil omits trailing zeros.
    case timestamp(digits: Int?, zeroIsEpoch: Bool, isInConnectionZone: Bool)
    /// `zero`: the value of YEAR 0000.
    case year(zero: Int)

    /// Conversions without parameters, as `StoredConversion.Plain`.
    enum Plain: UInt8, Sendable, BitwiseCopyable {
        case boolean
        case integer
        case unsignedDecimal
        case float32
        /// Single precision that is emitted as a double.
        case float32Widened
        case float64
        case bit
        case bits
        /// The connection is in utf8mb4, whatever the column's character set.
        case text
        case geometry
        case point
        case vector
    }

    /// The conversion with the stream's result, except for the kind's snapshot renderings.
    init(_ kind: ValueKind, _ profile: DebeziumProfile) {
        let renderings = kind.snapshotRenderings(profile)
        func has(_ rendering: SnapshotRendering) -> Bool { renderings.contains(rendering) }
        switch kind {
        case .boolean: self = .plain(.boolean)
        case .integer: self = .plain(.integer)
        case .unsignedDecimal: self = .plain(.unsignedDecimal)
        case .float32: self = .plain(.float32)
        case .float64(let isSingle): self = .plain(isSingle ? .float32Widened : .float64)
        case .decimal(let mode, _, let scale): self = .decimal(mode, scale: scale)
        case .bit: self = .plain(.bit)
        case .bits: self = .plain(.bits)
        case .text, .enumeration, .set, .json, .uuid: self = .plain(.text)
        case .binary(let mode): self = .binary(mode)
        case .date(let form): self = .date(form, hasYearZero: has(.yearZeroDates))
        case .time(let form): self = .time(form, losesSign: has(.timeSignLost))
        case .dateTime(let form):
            self = .dateTime(form, hasYearZero: has(.yearZeroDates), movesReformDays: has(.reformDaysMove))
        case .timestamp(let digits):
            self = .timestamp(
                digits: profile.values.timestampsKeepZeros && !has(.timestampWithoutZeros) ? digits : nil,
                zeroIsEpoch: profile.values.zeroTimestampIsEpoch && !has(.zeroTimestampIsNull),
                isInConnectionZone: has(.timestampInConnectionZone))
        case .year: self = .year(zero: has(.yearZeroIs2000) ? 2000 : 1900)
        case .geometry: self = .plain(.geometry)
        case .point: self = .plain(.point)
        case .vector: self = .plain(.vector)
        }
    }
}
