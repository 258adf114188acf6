/// A type that a column's value can be converted to. See `MySQLRow.get`.
public protocol MySQLDecodable {
    /// Returns nil if the value is NULL, of another kind, or not exactly representable.
    init?(_ value: MySQLValue)
}

extension MySQLValue: MySQLDecodable {
    public init?(_ value: MySQLValue) { self = value }
}

extension Optional: MySQLDecodable where Wrapped: MySQLDecodable {
    /// NULL becomes nil.
    public init?(_ value: MySQLValue) {
        if case .null = value {
            self = .none
            return
        }
        guard let wrapped = Wrapped(value) else { return nil }
        self = .some(wrapped)
    }
}

extension MySQLDecodable where Self: FixedWidthInteger {
    public init?(_ value: MySQLValue) {
        switch value {
        case .int(let number): self.init(exactly: number)
        case .uint(let number): self.init(exactly: number)
        case .null, .double, .decimal, .text, .bytes, .date, .dateTime, .timestamp, .time, .json: return nil
        }
    }
}

extension Int: MySQLDecodable {}
extension Int32: MySQLDecodable {}
extension Int64: MySQLDecodable {}
extension UInt32: MySQLDecodable {}
extension UInt64: MySQLDecodable {}

extension Bool: MySQLDecodable {
    /// An integer: 0 is false, everything else true.
    public init?(_ value: MySQLValue) {
        switch value {
        case .int(let number): self = number != 0
        case .uint(let number): self = number != 0
        case .null, .double, .decimal, .text, .bytes, .date, .dateTime, .timestamp, .time, .json: return nil
        }
    }
}

extension Double: MySQLDecodable {
    /// FLOAT, DOUBLE, and integers that are exactly representable.
    public init?(_ value: MySQLValue) {
        switch value {
        case .double(let number): self = number
        case .int(let number): self.init(exactly: number)
        case .uint(let number): self.init(exactly: number)
        case .null, .decimal, .text, .bytes, .date, .dateTime, .timestamp, .time, .json: return nil
        }
    }
}

extension String: MySQLDecodable {
    /// Text, JSON, and numbers, dates and times as the server prints them; not bytes.
    public init?(_ value: MySQLValue) {
        switch value {
        case .null, .bytes: return nil
        case .int, .uint, .double, .decimal, .text, .date, .dateTime, .timestamp, .time, .json:
            self = value.description
        }
    }
}

extension [UInt8]: MySQLDecodable {
    /// Bytes, or the UTF-8 of text and JSON.
    public init?(_ value: MySQLValue) {
        switch value {
        case .bytes(let bytes): self = bytes
        case .text(let text), .json(let text): self = Array(text.utf8)
        case .null, .int, .uint, .double, .decimal, .date, .dateTime, .timestamp, .time: return nil
        }
    }
}

extension MySQLDate: MySQLDecodable {
    public init?(_ value: MySQLValue) {
        guard case .date(let date) = value else { return nil }
        self = date
    }
}

extension MySQLDateTime: MySQLDecodable {
    public init?(_ value: MySQLValue) {
        guard case .dateTime(let dateTime) = value else { return nil }
        self = dateTime
    }
}

extension MySQLTime: MySQLDecodable {
    public init?(_ value: MySQLValue) {
        guard case .time(let time) = value else { return nil }
        self = time
    }
}
