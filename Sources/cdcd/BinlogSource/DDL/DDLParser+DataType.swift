/// A column's data type in every spelling of MySQL 5.7 to 9.7 and MariaDB.
extension DDLParser {
    private static let numericTypes: Set<String> = [
        "TINYINT", "INT1", "SMALLINT", "INT2", "MEDIUMINT", "INT3", "MIDDLEINT", "INT", "INTEGER", "INT4", "BIGINT",
        "INT8", "REAL", "DOUBLE", "FLOAT8", "FLOAT", "FLOAT4", "DECIMAL", "DEC", "FIXED", "NUMERIC", "NUMBER",
    ]
    private static let characterTypes: Set<String> = [
        "CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER", "VARCHAR2", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "CLOB",
    ]
    private static let sizedTypes: Set<String> = [
        "BIT", "TIME", "TIMESTAMP", "DATETIME", "BINARY", "VARBINARY", "BLOB", "YEAR", "VECTOR", "RAW",
    ]
    private static let plainTypes: Set<String> = [
        "DATE", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "BOOL", "BOOLEAN", "SERIAL", "JSON", "GEOMETRYCOLLECTION",
        "GEOMCOLLECTION", "LINESTRING", "MULTILINESTRING", "MULTIPOINT", "MULTIPOLYGON", "POINT", "POLYGON", "GEOMETRY",
        "UUID", "INET4", "INET6", "XMLTYPE", "SQL_TSI_YEAR",
    ]

    mutating func dataType() throws(DDLSyntaxError) -> DataTypeSpecification {
        guard current.kind == .word else { throw syntaxError("a data type") }
        let keyword = current.keyword
        if Self.numericTypes.contains(keyword) { return try numericType() }
        if Self.characterTypes.contains(keyword) { return try characterType() }
        if Self.sizedTypes.contains(keyword) { return try sizedType() }
        switch keyword {
        case "NCHAR", "NVARCHAR", "NATIONAL": return try nationalType()
        case "LONG": return try longType()
        case "ENUM", "SET": return try collectionType()
        default: break
        }
        guard Self.plainTypes.contains(keyword) else { throw syntaxError("a data type") }
        advance()
        var type = DataTypeSpecification(family: keyword == "DATE" ? .temporal : .other, words: [keyword])
        // Types of MariaDB and older servers may have a length without a meaning.
        if isSymbol("(") { try lengths(into: &type) }
        if keyword.hasSuffix("BLOB") { type.family = .binary }
        return type
    }

    private mutating func lengths(into type: inout DataTypeSpecification) throws(DDLSyntaxError) {
        guard skipSymbol("(") else { return }
        if skipSymbol("*") {
            try expectSymbol(")")
            return
        }
        type.length = try integer()
        if skipSymbol(",") { type.scale = try integer() }
        // Oracle's spelling in MariaDB: VARCHAR2(10 CHAR).
        _ = skip(anyOf: ["CHAR", "BYTE"])
        try expectSymbol(")")
    }

    private mutating func numericType() throws(DDLSyntaxError) -> DataTypeSpecification {
        var type = DataTypeSpecification(family: .numeric, words: [current.keyword])
        advance()
        if (type.words == ["DOUBLE"] || type.words == ["FLOAT8"]), skip("PRECISION") { type.words.append("PRECISION") }
        if isSymbol("(") { try lengths(into: &type) }
        var attributes: Set<String> = []
        while let word = skip(anyOf: ["SIGNED", "UNSIGNED", "ZEROFILL"]) { attributes.insert(word) }
        // Always in this order, whatever the order of the statement.
        type.words += attributes.sorted()
        return type
    }

    private mutating func sizedType() throws(DDLSyntaxError) -> DataTypeSpecification {
        let keyword = current.keyword
        let isBinary = ["BINARY", "VARBINARY", "BLOB", "RAW"].contains(keyword)
        let isTemporal = ["TIME", "TIMESTAMP", "DATETIME", "YEAR"].contains(keyword)
        var type = DataTypeSpecification(
            family: isBinary ? .binary : isTemporal ? .temporal : .other, words: [keyword])
        advance()
        if isSymbol("(") { try lengths(into: &type) }
        // YEAR accepts the attributes of numbers and ignores them.
        while skip(anyOf: ["SIGNED", "UNSIGNED", "ZEROFILL"]) != nil {}
        return type
    }

    private mutating func characterType() throws(DDLSyntaxError) -> DataTypeSpecification {
        var type = DataTypeSpecification(family: .character, words: [current.keyword])
        advance()
        if (type.words == ["CHAR"] || type.words == ["CHARACTER"]), skip("VARYING") { type.words.append("VARYING") }
        if type.words.count == 1, type.words != ["VARCHAR"], skip("LARGE") {
            try expect("OBJECT")
            type.words = ["LONGTEXT"]
        }
        if isSymbol("(") { try lengths(into: &type) }
        try characterAttributes(into: &type)
        return type
    }

    private mutating func characterAttributes(into type: inout DataTypeSpecification) throws(DDLSyntaxError) {
        while true {
            if skip("BINARY") {
                if !type.words.contains("BINARY") { type.words.append("BINARY") }
            } else if isWords("CHARACTER", "SET") || isWords("CHAR", "SET") || isWord("CHARSET") {
                _ = skip("CHARSET") || skipAll("CHARACTER", "SET") || skipAll("CHAR", "SET")
                _ = skipSymbol("=")
                type.characterSet = try characterSetName()
            } else if skip("ASCII") {
                type.characterSet = "latin1"
            } else if skip("UNICODE") {
                type.characterSet = "ucs2"
            } else if skip("BYTE") {
                type.characterSet = "binary"
            } else if isWord("COLLATE") {
                advance()
                _ = skipSymbol("=")
                type.collation = try characterSetName()
            } else {
                return
            }
        }
    }

    private mutating func nationalType() throws(DDLSyntaxError) -> DataTypeSpecification {
        var type = DataTypeSpecification(family: .national, words: [current.keyword])
        advance()
        if type.words == ["NATIONAL"] {
            guard let base = skip(anyOf: ["CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER"]) else {
                throw syntaxError("CHAR or VARCHAR")
            }
            type.words.append(base)
        }
        if type.words.last != "NVARCHAR", type.words.last != "VARCHAR" {
            if let word = skip(anyOf: ["VARYING", "VARCHAR", "VARCHARACTER"]) { type.words.append(word) }
        }
        if isSymbol("(") { try lengths(into: &type) }
        if skip("BINARY") { type.words.append("BINARY") }
        if skip("COLLATE") { type.collation = try characterSetName() }
        return type
    }

    private mutating func longType() throws(DDLSyntaxError) -> DataTypeSpecification {
        advance()
        if skip("VARBINARY") { return DataTypeSpecification(family: .binary, words: ["LONG", "VARBINARY"]) }
        var type = DataTypeSpecification(family: .character, words: ["LONG"])
        if let word = skip(anyOf: ["VARCHAR", "VARCHARACTER"]) {
            type.words.append(word)
        } else if isWord("CHAR") || isWord("CHARACTER"), isWord("VARYING", ahead: 1) {
            type.words += [current.keyword, "VARYING"]
            advance()
            advance()
        }
        try characterAttributes(into: &type)
        return type
    }

    private mutating func collectionType() throws(DDLSyntaxError) -> DataTypeSpecification {
        var type = DataTypeSpecification(family: .collection, words: [current.keyword])
        advance()
        try expectSymbol("(")
        repeat {
            let first = index
            if current.keyword.hasPrefix("_") { advance() }
            guard current.kind == .string || current.kind == .hexadecimal || current.kind == .bits else {
                throw syntaxError("an option's text")
            }
            advance()
            type.options.append(joined(from: first, to: index))
        } while skipSymbol(",")
        try expectSymbol(")")
        try characterAttributes(into: &type)
        return type
    }
}
