/// How the generations differ in the schema changes that they make of statements.
extension DebeziumProfile {
    package var schemaChanges: SchemaChanges { SchemaChanges(isModern: isModern) }

    package struct SchemaChanges: Sendable {
        fileprivate let isModern: Bool

        // MARK: Statements

        /// Whether statements about views, routines, users and maintenance leave no record.
        package var dropsUnrelatedStatements: Bool { isModern }

        /// Whether `CREATE TABLE … SELECT` defines a table (without the query's columns).
        package var createsFromQueries: Bool { isModern }

        // MARK: Texts

        /// Whether strings in double quotes are shown, and read, in single ones.
        package var normalizesQuotes: Bool { isModern }

        /// Whether the content of an executable comment at a statement's end belongs to its text.
        package var showsExecutableComments: Bool { isModern }

        /// Whether the text of `CREATE UNIQUE INDEX` begins at the word UNIQUE.
        package var showsIndexesFromUnique: Bool { isModern }

        /// Whether `START TRANSACTION` at the end belongs to the text of a CREATE TABLE.
        package var showsStartTransaction: Bool { isModern }

        // MARK: Tables

        /// Whether `tableChanges` lists tables that are not captured too.
        package var listsUncapturedTables: Bool { isModern }

        /// Whether statements about databases that the lists of databases exclude are recorded, unless
        /// `store.only.captured.databases.ddl` is set.
        package var recordsUncapturedDatabases: Bool { isModern }

        /// Whether the drop of a table is listed in `tableChanges`.
        package var listsDrops: Bool { isModern }

        /// Whether renames record the former name.
        package var recordsPreviousNames: Bool { isModern }

        /// Whether a TRUNCATE is an event of its table; else it is a record about the database.
        package var truncatesAreEvents: Bool { isModern }
    }
}
