/// A table, view or routine as a statement names it.
public struct ObjectName: Hashable, Sendable {
    public var database: String?
    public var name: String

    public init(database: String? = nil, name: String) {
        self.database = database
        self.name = name
    }
}

/// One statement of a text, as far as it matters to table definitions.
public struct ParsedStatement: Hashable, Sendable {
    /// The statement's own text: without the delimiter and without blanks around it, comments inside included.
    public var text: String
    /// The same without an executable comment at the end.
    public var plainText: String
    public var kind: Kind

    public indirect enum Kind: Hashable, Sendable {
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
        /// Not parsed. `touches` names the tables that it could change; nil if they are unknown too.
        case unparsable(DDLError, touches: [ObjectName]?)
    }

    public init(text: String, plainText: String? = nil, kind: Kind) {
        self.text = text
        self.plainText = plainText ?? text
        self.kind = kind
    }
}

/// What a statement that defines no table is about.
public enum OtherStatement: Hashable, Sendable {
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

public struct CreateTable: Hashable, Sendable {
    public var name: ObjectName
    public var isTemporary = false
    public var ifNotExists = false
    public var orReplace = false
    /// Columns and keys in the order of the text.
    public var elements: [TableElement] = []
    public var options = TableOptions()
    /// With `AS SELECT …`: columns come from a query too, which the text alone does not give.
    public var hasQuery = false
    /// The statement's text before MySQL's `START TRANSACTION`, which means that the rows of a `CREATE TABLE … SELECT`
    /// follow in the same transaction; nil if there is none.
    public var textBeforeTransaction: String?

    public init(name: ObjectName) { self.name = name }
}

public enum TableElement: Hashable, Sendable {
    case column(ColumnSpecification)
    case key(KeySpecification)
}

public struct CreateTableLike: Hashable, Sendable {
    public var name: ObjectName
    public var original: ObjectName
    public var isTemporary = false
    public var ifNotExists = false
}

public struct TableOptions: Hashable, Sendable {
    public var characterSet: String?
    /// Whether the character set is in an executable comment: `/*!40100 DEFAULT CHARSET=latin1 */`.
    public var isCharacterSetInComment = false
    public var collation: String?
    /// With the quotes of its text taken off.
    public var comment: String?
}

public struct AlterTable: Hashable, Sendable {
    public var name: ObjectName
    public var ifExists = false
    public var actions: [Action] = []

    public indirect enum Action: Hashable, Sendable {
        case addColumn(ColumnSpecification, place: ColumnPlace?, ifNotExists: Bool)
        case modifyColumn(ColumnSpecification, place: ColumnPlace?, ifExists: Bool)
        case changeColumn(String, ColumnSpecification, place: ColumnPlace?, ifExists: Bool)
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
        /// Rows come or go without row events: the words, and the other table that it concerns.
        case changeRows(String, with: ObjectName?)
        /// Partitions, algorithms, locks, key names and all else that leaves columns and key alone.
        case other
    }

    public init(name: ObjectName) { self.name = name }
}

public enum ColumnPlace: Hashable, Sendable {
    case first
    case after(String)
}

public struct KeySpecification: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case primary, unique, other }

    public var kind: Kind
    public var name: String?
    /// Column names; a functional key part stands as its text.
    public var columns: [String]
}

public struct DropTables: Hashable, Sendable {
    public var names: [ObjectName]
    /// The text up to the first name: `DROP TABLE IF EXISTS `.
    public var prefix = ""
    public var isTemporary = false
    public var ifExists = false
    /// `RESTRICT` or `CASCADE` as written.
    public var behaviour: String?
}

public struct TableRename: Hashable, Sendable {
    public var from: ObjectName
    public var to: ObjectName
    /// The text of a statement with this clause alone: `RENAME TABLE a TO b`.
    public var text: String
}

public struct CreateIndex: Hashable, Sendable {
    public var key: KeySpecification
    public var table: ObjectName
    /// The statement's text from the word UNIQUE on, if it has one.
    public var textFromUnique: String?
}

public struct DropIndex: Hashable, Sendable {
    public var name: String
    public var table: ObjectName
}

public struct DatabaseStatement: Hashable, Sendable {
    public var name: String?
    public var characterSet: String?
    /// Whether the character set is in an executable comment, as mysqldump writes it.
    public var isCharacterSetInComment = false
    public var collation: String?
}

public struct VariableAssignment: Hashable, Sendable {
    public enum Scope: Hashable, Sendable { case session, global, local, user }

    public var scope: Scope
    public var name: String
    /// The expression's text, without quotes if it is one quoted text.
    public var value: String
}
