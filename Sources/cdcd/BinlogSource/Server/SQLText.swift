/// Names and texts inside SQL statements.
enum SQLText {
    /// `` `a``b` ``
    static func quoted(_ name: String) -> String {
        var text = "`"
        for character in name.unicodeScalars {
            if character == "`" { text.append("`") }
            text.unicodeScalars.append(character)
        }
        return text + "`"
    }

    /// `` `database`.`table` ``
    static func quoted(_ table: TableID) -> String { "\(quoted(table.database)).\(quoted(table.table))" }
}
