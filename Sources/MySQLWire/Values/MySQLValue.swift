import WireCore

/// A value of a column: of a row of a result set, or of a row in the binlog. New cases may be added.
@nonexhaustive
public enum MySQLValue: Hashable, Sendable {
    case null
    /// TINYINT to BIGINT, signed; YEAR. In the binlog also unsigned integers, if the server did not send the signedness
    /// (MariaDB with `binlog_row_metadata=NO_LOG`).
    case int(Int64)
    /// Unsigned integers and BIT. In the binlog also ENUM (the number of the option, from 1) and SET (a bit for each
    /// option), unless the server sent the options' names (`binlog_row_metadata=FULL`).
    case uint(UInt64)
    /// FLOAT and DOUBLE.
    case double(Double)
    /// DECIMAL, exactly as the server prints it.
    case decimal(String)
    /// CHAR, VARCHAR, TEXT, ENUM and SET.
    case text(String)
    /// BINARY, VARBINARY, BLOB, geometries (SRID and WKB) and vectors. In the binlog also text, if the server did not
    /// send its character set.
    case bytes([UInt8])
    case date(MySQLDate)
    /// DATETIME. In a result set also TIMESTAMP, in the session's time zone.
    case dateTime(MySQLDateTime)
    /// TIMESTAMP in the binlog: microseconds since 1970-01-01 00:00 UTC.
    case timestamp(microseconds: Int64)
    case time(MySQLTime)
    /// A JSON document as text.
    case json(String)
}

extension MySQLValue: CustomStringConvertible {
    /// The value as text; NULL as `NULL`, bytes in hexadecimal (`0x…`).
    public var description: String {
        switch self {
        case .null: "NULL"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)"
        case .double(let value): "\(value)"
        case .decimal(let text), .text(let text), .json(let text): text
        case .bytes(let bytes):
            "0x" + HexText.text(bytes)
        case .date(let date): "\(date)"
        case .dateTime(let dateTime): "\(dateTime)"
        case .timestamp(let microseconds): "\(MySQLDateTime(epochMicroseconds: microseconds)) UTC"
        case .time(let time): "\(time)"
        }
    }
}
