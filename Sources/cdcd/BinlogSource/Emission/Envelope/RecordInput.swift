/// A value of a record that the emitter writes, as a shape refers to it.
enum RecordInput: Hashable {
    /// The cell of a field of the row schema, before or after the change.
    case cell(Int, isBefore: Bool)
    /// The cell of a key column that the row schema lacks.
    case keyOnlyCell(Int, isBefore: Bool)
    /// A field of the `source` block, by its index.
    case source(Int)
    /// `source.row` of streamed changes.
    case rowNumber
    /// The time at which the record is built.
    case time(TimeUnit)

    enum TimeUnit: Int, BitwiseCopyable, Sendable {
        case milliseconds, microseconds, nanoseconds

        @inline(__always)
        func value(microseconds: Int64) -> Int64 {
            switch self {
            case .milliseconds: microseconds / 1000
            case .microseconds: microseconds
            case .nanoseconds: microseconds &* 1000
            }
        }
    }

    /// The number in a `ValueShape`.
    var id: Int {
        switch self {
        case .cell(let index, let isBefore): index << 3 | (isBefore ? 0 : 1)
        case .keyOnlyCell(let index, let isBefore): index << 3 | (isBefore ? 2 : 3)
        case .source(let index): index << 3 | 4
        case .rowNumber: 5
        case .time(let unit): unit.rawValue << 3 | 6
        }
    }

    init(id: Int) {
        let index = id >> 3
        switch id & 7 {
        case 0: self = .cell(index, isBefore: true)
        case 1: self = .cell(index, isBefore: false)
        case 2: self = .keyOnlyCell(index, isBefore: true)
        case 3: self = .keyOnlyCell(index, isBefore: false)
        case 4: self = .source(index)
        case 5: self = .rowNumber
        default:
            guard let unit = TimeUnit(rawValue: index) else { preconditionFailure("\(id) is no input of a record") }
            self = .time(unit)
        }
    }
}
