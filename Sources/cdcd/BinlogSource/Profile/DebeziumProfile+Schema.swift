import ConnectData
import DebeziumPlugins

/// How the generations differ in what they make of a statement.
extension DebeziumProfile {
    private var isModern: Bool { generation == .v36 }

    // MARK: Columns

    /// Whether `BIT` and `NCHAR` without a length have length 1, and a length of 0 is read as 10 (but of fractions of
    /// seconds).
    var hasDefaultLengths: Bool { isModern }

    /// Whether every `ON UPDATE CURRENT_TIMESTAMP` makes a column generated; else only one that does not follow a
    /// default of CURRENT_TIMESTAMP.
    var marksEveryOnUpdate: Bool { isModern }

    /// What of a column stays as it was where MODIFY or CHANGE does not mention it.
    func keptOfModifiedColumn(isChange: Bool) -> PreservedAttributes {
        isModern ? (isChange ? .marks : .nothing) : .everything
    }

    /// Whether a column keeps its precision and scale where MODIFY or CHANGE gives none.
    var keepsPrecisionOfModifiedColumns: Bool { !isModern }

    enum PreservedAttributes {
        case nothing
        /// The auto-increment flag, comment, enum values.
        case marks
        /// Also its length and whether it is nullable.
        case everything
    }

    /// Whether the type's name of a `ZEROFILL` column has the word UNSIGNED even if the statement has not.
    var namesZerofillUnsigned: Bool { isModern }

    /// Whether a `COLLATE` apart from the type's own words gives the character set, of text and other columns.
    var readsCollationAttributes: Bool { isModern }

    /// Whether `LOCALTIME` and `LOCALTIMESTAMP` as defaults are the time 0, as NOW is.
    var knowsAllTimestampDefaults: Bool { isModern }

    /// Whether introducers and collations are taken off a default's text, and hexadecimal ones are kept.
    var cleansDefaults: Bool { isModern }

    /// Whether `ALTER … SET DEFAULT` of NULL, bits or hexadecimal digits leaves the text `null` as default.
    var writesNullDefault: Bool { isModern }

    /// Whether renaming a column into another case of its letters is followed.
    var followsCaseOfColumns: Bool { isModern }

    /// Whether `CONVERT TO CHARACTER SET` is followed.
    var followsConversions: Bool { isModern }

    /// The character set that the collation of a database implies; nil if Debezium does not know it: 1.9 knows none,
    /// 3.6 none by an older name (`utf8_bin`).
    func characterSet(ofDatabaseCollation collation: String) -> String? {
        let name = collation.lowercased()
        return isModern && !name.hasPrefix("utf8_") ? String(name.prefix { $0 != "_" }) : nil
    }

    /// Whether the character sets of tables and databases are known where they stand in executable comments.
    var readsExecutableCharacterSets: Bool { isModern }

    /// Whether the character set of this collation is known when it stands alone. 3.6 takes what stands before the
    /// first `_`, as written.
    func characterSet(ofCollation collation: String) -> String? {
        let name = isModern ? collation : collation.lowercased()
        guard let dash = name.firstIndex(of: "_") else { return isModern || name != "binary" ? nil : name }
        let characterSet = String(name[..<dash])
        return !isModern && characterSet == "utf8mb3" ? nil : characterSet
    }

    // MARK: Keys

    /// Whether a unique key replaces a missing primary key only if none of its columns is nullable; else the first
    /// does, and its columns become NOT NULL.
    var keysNeedNotNull: Bool { isModern }

    /// Whether a column with UNIQUE becomes the key when ALTER TABLE adds or changes it; with CREATE TABLE it
    /// always does.
    var alteredColumnsBecomeKeys: Bool { !isModern }

    // MARK: Records

    /// Whether texts in double quotes are shown, and read, in single ones.
    var normalizesQuotes: Bool { isModern }

    /// Whether what an executable comment holds belongs to a statement's text if it ends with one.
    var showsExecutableComments: Bool { isModern }

    /// Whether `tableChanges` lists tables that are not captured too.
    var listsUncapturedTables: Bool { isModern }

    /// Whether statements about databases that the lists of databases exclude are recorded, unless
    /// `store.only.captured.databases.ddl` is set.
    var recordsUncapturedDatabases: Bool { isModern }

    /// Whether the drop of a table is listed in `tableChanges`.
    var listsDrops: Bool { isModern }

    /// Whether renames record the former name.
    var recordsPreviousNames: Bool { isModern }

    /// Whether a TRUNCATE is an event of its table; else it is a record about the database.
    var truncatesAreEvents: Bool { isModern }

    /// Whether statements about views, routines, users and maintenance leave no record.
    var dropsUnrelatedStatements: Bool { isModern }

    /// Whether the text of `CREATE UNIQUE INDEX` is shown from the word UNIQUE on.
    var showsIndexesFromUnique: Bool { isModern }

    /// Whether `START TRANSACTION` at the end belongs to the text of a CREATE TABLE.
    var showsStartTransaction: Bool { isModern }

    /// Whether `CREATE TABLE … SELECT` defines a table (without the query's columns).
    var createsFromQueries: Bool { isModern }

    /// Whether recovery takes the tables from the history's `tableChanges`; else it reads the statements again.
    var recoversFromTableChanges: Bool { isModern }

    /// Whether tables in the history have `attributes`, and drops leave the table out.
    var hasModernHistory: Bool { isModern }
}
