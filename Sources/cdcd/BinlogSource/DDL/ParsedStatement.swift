/// A table, view or routine as a statement names it.
package struct ObjectName: Hashable, Sendable {
    package var database: String?
    package var name: String

    package init(database: String? = nil, name: String) {
        self.database = database
        self.name = name
    }
}

/// One statement of a text, as far as it affects table definitions.
package struct ParsedStatement: Hashable, Sendable {
    /// The statement's own text: without the delimiter and surrounding spaces, including comments inside it.
    package var text: String
    /// The same without an executable comment at the end.
    package var plainText: String
    package var kind: Kind

    package indirect enum Kind: Hashable, Sendable {
        case createTable(CreateTable)
        case createTableLike(CreateTableLike)
        case alterTable(AlterTable)
        case dropTables(DropTables)
        case renameTables([TableRename])
        case truncateTable(ObjectName)
        case createIndex(CreateIndex)
        case dropIndex(DropIndex)
        case createView(ObjectName)
        case alterView(ObjectName)
        case createDatabase(DatabaseStatement)
        case alterDatabase(DatabaseStatement)
        case dropDatabase(String)
        case setVariables([VariableAssignment])
        case use(String)
        /// Known not to change a table's definition.
        case other(OtherStatement)
        /// Not parsed. `touches` lists the tables that it could change; nil if they are unknown too.
        case unparsable(DDLError, touches: [ObjectName]?)
    }

    package init(text: String, plainText: String? = nil, kind: Kind) {
        self.text = text
        self.plainText = plainText ?? text
        self.kind = kind
    }
}

/// The subject of a statement that defines no table.
package enum OtherStatement: Hashable, Sendable {
    case empty
    case view
    case routineOrTrigger
    case userOrPrivilege
    case transaction
    case dataChange
    case maintenance
    case flush
    case administration
    case query
}

package struct CreateTable: Hashable, Sendable {
    package var name: ObjectName
    package var isTemporary = false
    package var ifNotExists = false
    package var orReplace = false
    /// Columns and keys in the order of the text.
    package var elements: [TableElement] = []
    package var options = TableOptions()
    /// With `AS SELECT …`: columns also come from a query, which the text alone does not determine.
    package var hasQuery = false
    /// The statement's text before MySQL's `START TRANSACTION`, which means that the rows of a `CREATE TABLE … SELECT`
    /// follow in the same transaction; nil if there is none.
    package var textBeforeTransaction: String?

    package init(name: ObjectName) { self.name = name }
}

package enum TableElement: Hashable, Sendable {
    case column(ColumnSpecification)
    case key(KeySpecification)
}

package struct CreateTableLike: Hashable, Sendable {
    package var name: ObjectName
    package var original: ObjectName
    package var isTemporary = false
    package var ifNotExists = false
}

package struct TableOptions: Hashable, Sendable {
    package var characterSet: String?
    /// Whether the character set is in an executable comment: `/*!40100 DEFAULT CHARSET=latin1 */`.
    package var isCharacterSetInComment = false
    package var collation: String?
    /// Without the quotes of its text.
    package var comment: String?
}

package struct AlterTable: Hashable, Sendable {
    package var name: ObjectName
    package var ifExists = false
    package var actions: [Action] = []

    package indirect enum Action: Hashable, Sendable {
        case addColumn(ColumnSpecification, place: ColumnPosition?, ifNotExists: Bool)
        case modifyColumn(ColumnSpecification, place: ColumnPosition?, ifExists: Bool)
        case changeColumn(String, ColumnSpecification, place: ColumnPosition?, ifExists: Bool)
        case renameColumn(String, to: String)
        case dropColumn(String, ifExists: Bool)
        case setDefault(String, DefaultValue)
        case dropDefault(String)
        case addKey(KeySpecification)
        case dropPrimaryKey
        case dropKey(String)
        case rename(ObjectName)
        case options(TableOptions)
        case convertCharacterSet(String?, collation: String?)
        /// Rows are added or removed without row events: the words of the clause, and the other table that it concerns.
        case changeRows(String, with: ObjectName?)
        /// Partitions, algorithms, locks, key names and everything else that does not affect columns and key.
        case other
    }

    package init(name: ObjectName) { self.name = name }
}

package enum ColumnPosition: Hashable, Sendable {
    case first
    case after(String)
}

package struct KeySpecification: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case primary, unique, other }

    package var kind: Kind
    package var name: String?
    /// Column names; a functional key part is represented by its text.
    package var columns: [String]
}

package struct DropTables: Hashable, Sendable {
    package var names: [ObjectName]
    /// The text up to the first name: `DROP TABLE IF EXISTS `.
    package var prefix = ""
    package var isTemporary = false
    package var ifExists = false
    /// `RESTRICT` or `CASCADE` as written.
    package var behaviour: String?
}

package struct TableRename: Hashable, Sendable {
    package var from: ObjectName
    package var to: ObjectName
    /// The text of a statement with only this clause: `RENAME TABLE a TO b`.
    package var text: String
}

package struct CreateIndex: Hashable, Sendable {
    package var key: KeySpecification
    package var table: ObjectName
    /// The statement's text from the word UNIQUE on, if it has one.
    package var textFromUnique: String?
}

package struct DropIndex: Hashable, Sendable {
    package var name: String
    package var table: ObjectName
}

package struct DatabaseStatement: Hashable, Sendable {
    package var name: String?
    package var characterSet: String?
    /// Whether the character set is in an executable comment, as mysqldump writes it.
    package var isCharacterSetInComment = false
    package var collation: String?
}

package struct VariableAssignment: Hashable, Sendable {
    package enum Scope: Hashable, Sendable { case session, global, local, user }

    package var scope: Scope
    package var name: String
    /// The expression's text, without quotes if it is one quoted text.
    package var value: String
}
