import WireCore

/// The optional metadata at the end of a TABLE_MAP_EVENT: properties of the columns besides their storage.
///
/// Its extent depends on `binlog_row_metadata`. MINIMAL, MySQL's default: signedness and the collations of character
/// columns. FULL: also names, options of ENUM and SET columns with their collations, and the primary key. NO_LOG,
/// MariaDB's default: nothing. What was not sent is empty or nil here.
///
/// Layout: fields of type u8 | length lenenc | value. Source: MySQL's `Table_map_event::Optional_metadata_fields`,
/// MariaDB's `Table_map_log_event::init_metadata_fields`. Fields of other types are skipped by their length: they
/// describe visibility, subtypes of geometry and dimensions of vectors, on which no decoding depends.
package struct TableMapMetadata: Equatable, Sendable {
    /// SIGNEDNESS: whether each column is unsigned; nil for columns that are not numeric. YEAR is numeric and unsigned.
    package var isUnsigned: [Bool?] = []
    /// DEFAULT_CHARSET or COLUMN_CHARSET, and ENUM_AND_SET_DEFAULT_CHARSET or ENUM_AND_SET_COLUMN_CHARSET: the number
    /// of each column's collation; nil for columns without one.
    package var collations: [Int?] = []
    /// COLUMN_NAME, of every column.
    package var columnNames: [String] = []
    /// ENUM_STR_VALUE and SET_STR_VALUE: the options of each column, in its character set; nil for columns of other
    /// types.
    package var options: [[[UInt8]]?] = []
    /// SIMPLE_PRIMARY_KEY or PRIMARY_KEY_WITH_PREFIX: the key's columns in the key's order. For a table without a
    /// primary key the server sends its first unique key whose columns are all NOT NULL; nil if there is none.
    package var primaryKey: [Int]?

    /// `Table_map_event::Optional_metadata_field_type`.
    private enum FieldType: UInt8 {
        case signedness = 1
        case defaultCharset = 2
        case columnCharset = 3
        case columnName = 4
        case setStrValue = 5
        case enumStrValue = 6
        case simplePrimaryKey = 8
        case primaryKeyWithPrefix = 9
        case enumAndSetDefaultCharset = 10
        case enumAndSetColumnCharset = 11
    }

    init() {}

    /// Reads the fields. Throws if a field does not match the columns.
    ///
    /// - Parameters:
    ///   - isMariaDB: MariaDB counts columns of other types as character columns.
    @_lifetime(reader: copy reader)
    init(_ reader: inout ByteReader, columns: [ColumnStorage], isMariaDB: Bool) throws(WireError) {
        while !reader.isAtEnd {
            let type = FieldType(rawValue: try reader.byte())
            var field = try reader.slice(try reader.lengthEncodedCount())
            switch type {
            case .signedness: try readSignedness(&field, columns)
            case .defaultCharset, .columnCharset:
                try readCollations(
                    &field, of: columns.indices.filter { columns[$0].isCharacter(isMariaDB: isMariaDB) },
                    hasDefault: type == .defaultCharset, columns.count)
            case .enumAndSetDefaultCharset, .enumAndSetColumnCharset:
                try readCollations(
                    &field, of: columns.indices.filter { [.enumeration, .set].contains(columns[$0].type) },
                    hasDefault: type == .enumAndSetDefaultCharset, columns.count)
            case .columnName: try readNames(&field, columns.count)
            case .setStrValue: try readOptions(&field, of: .set, columns)
            case .enumStrValue: try readOptions(&field, of: .enumeration, columns)
            case .simplePrimaryKey, .primaryKeyWithPrefix:
                try readPrimaryKey(&field, hasPrefixes: type == .primaryKeyWithPrefix, columns.count)
            case nil: try field.skip(field.remainingBytes)
            }
            try field.finish()
        }
    }

    /// A bit for each numeric column, the highest bit of a byte first.
    @_lifetime(field: copy field)
    private mutating func readSignedness(_ field: inout ByteReader, _ columns: [ColumnStorage]) throws(WireError) {
        isUnsigned = Array(repeating: nil, count: columns.count)
        let numeric = columns.indices.filter { columns[$0].isNumeric }
        let bits = try field.array((numeric.count + 7) / 8)
        for (place, column) in numeric.enumerated() {
            isUnsigned[column] = bits[place / 8] & (0x80 >> UInt8(place % 8)) != 0
        }
    }

    /// One collation for each of the columns; or the default collation, followed by pairs of a column index and a
    /// collation.
    @_lifetime(field: copy field)
    private mutating func readCollations(
        _ field: inout ByteReader, of places: [Int], hasDefault: Bool, _ columnCount: Int
    ) throws(WireError) {
        if collations.isEmpty { collations = Array(repeating: nil, count: columnCount) }
        if hasDefault {
            let collation = try Self.collation(&field)
            for column in places { collations[column] = collation }
            while !field.isAtEnd {
                let place = try Self.place(&field, below: places.count)
                collations[places[place]] = try Self.collation(&field)
            }
        } else {
            for column in places { collations[column] = try Self.collation(&field) }
        }
    }

    @_lifetime(field: copy field)
    private mutating func readNames(_ field: inout ByteReader, _ columnCount: Int) throws(WireError) {
        columnNames = []
        for _ in 0..<columnCount { columnNames.append(try field.lengthEncodedText()) }
    }

    /// For each column of the type: count lenenc, and as many length-encoded strings.
    @_lifetime(field: copy field)
    private mutating func readOptions(
        _ field: inout ByteReader, of type: ColumnType, _ columns: [ColumnStorage]
    ) throws(WireError) {
        if options.isEmpty { options = Array(repeating: nil, count: columns.count) }
        for index in columns.indices where columns[index].type == type {
            let count = try field.lengthEncodedCount()
            // Each takes at least one byte.
            guard count <= field.remainingBytes else { throw WireError(.badLength(count), at: field.absoluteOffset) }
            var texts: [[UInt8]] = []
            texts.reserveCapacity(count)
            for _ in 0..<count { texts.append(try field.array(try field.lengthEncodedCount())) }
            options[index] = texts
        }
    }

    /// Column numbers, each followed by the length of its prefix in characters if the key has prefixes; 0 denotes the
    /// whole column.
    @_lifetime(field: copy field)
    private mutating func readPrimaryKey(
        _ field: inout ByteReader, hasPrefixes: Bool, _ columnCount: Int
    ) throws(WireError) {
        var key: [Int] = []
        while !field.isAtEnd {
            key.append(try Self.place(&field, below: columnCount))
            if hasPrefixes { _ = try field.lengthEncodedInteger() }
        }
        primaryKey = key
    }

    @_lifetime(field: copy field)
    private static func place(_ field: inout ByteReader, below count: Int) throws(WireError) -> Int {
        let offset = field.absoluteOffset
        let place = try field.lengthEncodedCount()
        guard place < count else { throw WireError(.badLength(place), at: offset) }
        return place
    }

    /// Collations have numbers of at most two bytes.
    @_lifetime(field: copy field)
    private static func collation(_ field: inout ByteReader) throws(WireError) -> Int {
        try place(&field, below: 1 << 16)
    }
}

extension ColumnStorage {
    /// Whether SIGNEDNESS has a bit for the column.
    fileprivate var isNumeric: Bool {
        switch type {
        case .tiny, .short, .int24, .long, .longLong, .float, .double, .decimal, .newDecimal, .year: true
        case .null, .timestamp, .timestamp2, .date, .newDate, .time, .time2, .dateTime, .dateTime2, .varchar,
            .varString, .string, .bit, .typedArray, .vector, .json, .enumeration, .set, .tinyBlob, .mediumBlob,
            .longBlob, .blob, .geometry:
            false
        }
    }

    /// Whether the charset fields include the column: text and binary ones, MySQL's vectors, MariaDB's geometries.
    fileprivate func isCharacter(isMariaDB: Bool) -> Bool {
        switch type {
        case .varchar, .varString, .string, .tinyBlob, .mediumBlob, .longBlob, .blob: true
        case .vector: !isMariaDB
        case .geometry: isMariaDB
        case .tiny, .short, .int24, .long, .longLong, .float, .double, .decimal, .newDecimal, .year, .null, .timestamp,
            .timestamp2, .date, .newDate, .time, .time2, .dateTime, .dateTime2, .bit, .typedArray, .json, .enumeration,
            .set:
            false
        }
    }
}
