/// A column definition of a statement.
package struct ColumnSpecification: Hashable, Sendable {
    package var name: String
    package var type: DataTypeSpecification
    /// In the order of the text, which matters if two of them concern the same attribute.
    package var attributes: [ColumnAttribute] = []

    package init(name: String, type: DataTypeSpecification) {
        self.name = name
        self.type = type
    }
}

package enum ColumnAttribute: Hashable, Sendable {
    /// `NULL` (true) or `NOT NULL`.
    case nullable(Bool)
    case defaultValue(DefaultValue)
    case onUpdateCurrentTimestamp
    case autoIncrement
    /// `SERIAL DEFAULT VALUE`.
    case serialDefault
    case primaryKey
    case uniqueKey
    case comment(String)
    case collate(String)
    case characterSet(String)
    case generated(isStored: Bool)
    /// Visibility, storage, references, checks and the like.
    case other
}

/// The value after `DEFAULT`.
package enum DefaultValue: Hashable, Sendable {
    case null
    /// The content of single quotes, as written: escapes and doubled quotes are kept.
    case string(String)
    /// A number as written, including the sign.
    case number(String)
    /// The content of the quotes of `b'…'`.
    case bits(String)
    /// A text in double quotes, or with an introducer, a collation or a type's name: as written without spaces, and the
    /// content of the quotes.
    case decorated(String, contents: String)
    /// `0x…`, `x'…'` or `0b…` as written.
    case hexadecimal(String)
    case boolean(String)
    /// `CURRENT_TIMESTAMP` and its synonyms, as written.
    case currentTimestamp(String)
    /// A function or a parenthesised expression, as written.
    case expression(String)
}

/// A data type as written in a statement.
package struct DataTypeSpecification: Hashable, Sendable {
    package enum Family: Hashable, Sendable {
        case character, national, binary, numeric, temporal, collection, other
    }

    package var family: Family
    /// The words of the type in upper case, including attributes: `INT UNSIGNED ZEROFILL`, `CHARACTER VARYING`.
    package var words: [String]
    package var length: Int?
    package var scale: Int?
    /// ENUM's and SET's options with their quotes, as written.
    package var options: [String] = []
    package var characterSet: String?
    package var collation: String?

    package init(family: Family, words: [String]) {
        self.family = family
        self.words = words
    }
}
