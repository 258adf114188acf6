/// How the generations differ in what a statement says of a column or a key.
extension DebeziumProfile {
    package var columns: Columns { Columns(isModern: isModern) }

    package struct Columns: Sendable {
        fileprivate let isModern: Bool

        // MARK: Types

        /// Whether `BIT` and `NCHAR` without a length have length 1, and a length of 0 is read as 10 (except of
        /// fractional seconds).
        package var hasDefaultLengths: Bool { isModern }

        /// Whether the type name of a `ZEROFILL` column has the word UNSIGNED even if the statement lacks it.
        package var namesZerofillUnsigned: Bool { isModern }

        /// Whether `INTEGER UNSIGNED` and `ZEROFILL` without `UNSIGNED` are unsigned too.
        package var readsAllUnsignedSpellings: Bool { isModern }

        /// Whether every `ON UPDATE CURRENT_TIMESTAMP` makes a column generated; else only one that does not follow a
        /// default of CURRENT_TIMESTAMP.
        package var marksEveryOnUpdate: Bool { isModern }

        // MARK: Defaults

        /// Whether the defaults `LOCALTIME` and `LOCALTIMESTAMP` are the time 0, as NOW is.
        package var readsAllTimestampDefaults: Bool { isModern }

        /// Whether introducers and collations are taken off a default's text, and hexadecimal ones are kept.
        package var cleansDefaults: Bool { isModern }

        /// Whether `ALTER … SET DEFAULT` of NULL, bits or hexadecimal digits leaves the text `null` as default.
        package var writesNullDefault: Bool { isModern }

        // MARK: Changes

        /// The properties of a column that MODIFY or CHANGE keeps if it does not mention them.
        package func attributesPreservedByModify(isChange: Bool) -> PreservedAttributes {
            isModern ? (isChange ? .marks : .nothing) : .everything
        }

        /// Whether a column keeps its precision and scale if MODIFY or CHANGE gives none.
        package var keepsPrecisionOfModifiedColumns: Bool { !isModern }

        package enum PreservedAttributes {
            case nothing
            /// The auto-increment flag, comment, enum values.
            case marks
            /// Also its length and whether it is nullable.
            case everything
        }

        /// Whether a column's name changes if only the case of its letters does.
        package var followsCaseOfColumns: Bool { isModern }

        // MARK: Character sets

        /// Whether a `COLLATE` apart from the type's own words gives the character set, of text and other columns.
        package var readsCollationAttributes: Bool { isModern }

        /// Whether the character sets of tables and databases are read from executable comments.
        package var readsExecutableCharacterSets: Bool { isModern }

        /// Whether `CONVERT TO CHARACTER SET` changes the character set.
        package var followsConversions: Bool { isModern }

        /// The character set that the collation of a database implies; nil if Debezium derives none: 1.9 never does,
        /// 3.6 not from an older name (`utf8_bin`).
        package func characterSet(ofDatabaseCollation collation: String) -> String? {
            let name = collation.lowercased()
            return isModern && !name.hasPrefix("utf8_") ? String(name.prefix { $0 != "_" }) : nil
        }

        /// The character set of a collation that is given alone; nil if Debezium derives none. 3.6 takes the part
        /// before the first `_`, as written.
        package func characterSet(ofCollation collation: String) -> String? {
            let name = isModern ? collation : collation.lowercased()
            guard let dash = name.firstIndex(of: "_") else { return isModern || name != "binary" ? nil : name }
            let characterSet = String(name[..<dash])
            return !isModern && characterSet == "utf8mb3" ? nil : characterSet
        }

        // MARK: Keys

        /// Whether a unique key replaces a missing primary key only if none of its columns is nullable; else the first
        /// does, and its columns become NOT NULL.
        package var keysNeedNotNull: Bool { isModern }

        /// Whether a column with UNIQUE becomes the key when ALTER TABLE adds or changes it; with CREATE TABLE it
        /// always does.
        package var alteredColumnsBecomeKeys: Bool { !isModern }
    }
}
