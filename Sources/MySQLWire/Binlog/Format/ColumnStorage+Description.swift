extension ColumnStorage: CustomStringConvertible {
    /// The type as statements write it, for example `DECIMAL(10,2)` or `VARCHAR of 80 bytes`. The storage does not
    /// distinguish text from bytes.
    package var description: String {
        switch type {
        case .decimal, .newDecimal: "DECIMAL(\(size),\(scale))"
        case .tiny: "TINYINT"
        case .short: "SMALLINT"
        case .int24: "MEDIUMINT"
        case .long: "INT"
        case .longLong: "BIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .year: "YEAR"
        case .date, .newDate: "DATE"
        case .time: "TIME"
        case .time2: "TIME(\(size))"
        case .dateTime: "DATETIME"
        case .dateTime2: "DATETIME(\(size))"
        case .timestamp: "TIMESTAMP"
        case .timestamp2: "TIMESTAMP(\(size))"
        case .varchar, .varString: "VARCHAR of \(size) bytes"
        case .string: "CHAR of \(size) bytes"
        case .tinyBlob, .mediumBlob, .longBlob, .blob: Self.blobNames[size - 1]
        case .bit: "BIT(\(size))"
        case .enumeration: "ENUM"
        case .set: "SET"
        case .json: "JSON"
        case .geometry: "GEOMETRY"
        case .vector: "VECTOR"
        case .typedArray: "an array"
        case .null: "NULL"
        }
    }

    /// By the bytes of the length prefix, of which there are 1 to 4.
    private static let blobNames = [
        "TINYTEXT or TINYBLOB", "TEXT or BLOB", "MEDIUMTEXT or MEDIUMBLOB", "LONGTEXT or LONGBLOB",
    ]
}
