/// `SET` in all its forms.
extension DDLParser {
    mutating func set() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        if isWord("STATEMENT", ahead: 1) { return try setStatement() }
        touches = []
        advance()
        if isWord("PASSWORD") {
            skipStatement()
            return .setVariables([VariableAssignment(scope: .session, name: "password", value: "")])
        }
        if isWord("ROLE") || isWords("DEFAULT", "ROLE") {
            return finish(.userOrPrivilege)
        }
        let hasScope = ["GLOBAL", "SESSION", "LOCAL"].contains { isWord($0) }
        if isWord("TRANSACTION", ahead: hasScope ? 1 : 0) || isWords("RESOURCE", "GROUP") {
            return finish(.administration)
        }
        if isWord("NAMES") || isWords("CHARACTER", "SET") || isWord("CHARSET") || isWords("CHAR", "SET") {
            return .setVariables(try nameAssignment())
        }
        var assignments: [VariableAssignment] = []
        var scope = VariableAssignment.Scope.session
        repeat { assignments.append(try assignment(scope: &scope)) } while skipSymbol(",")
        return .setVariables(assignments)
    }

    /// MariaDB's `SET STATEMENT variable = value, … FOR statement`: the variables apply to that statement only.
    private mutating func setStatement() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        advance()
        advance()
        while !isWord("FOR"), current.kind != .end, !isSymbol(";") {
            if isSymbol("(") { try skipParentheses() } else { advance() }
        }
        try expect("FOR")
        if isWords("SET", "STATEMENT") { throw syntaxError("a statement") }
        return try statement()
    }

    /// `SET NAMES x COLLATE y` and `SET CHARACTER SET x` assign no variables that definitions depend on.
    private mutating func nameAssignment() throws(DDLSyntaxError) -> [VariableAssignment] {
        skipStatement()
        return []
    }

    private mutating func assignment(
        scope: inout VariableAssignment.Scope
    ) throws(DDLSyntaxError) -> VariableAssignment {
        if isWord("NAMES") || isWords("CHARACTER", "SET") {
            try skipTo(",")
            return VariableAssignment(scope: .session, name: "names", value: "")
        }
        let name: String
        if skipSymbol("@") {
            if skipSymbol("@") {
                scope = try namedScope(dotted: true) ?? .session
                name = try variableName()
            } else {
                name = try self.name("a variable's name")
                try assignmentSign()
                return VariableAssignment(scope: .user, name: name, value: try value())
            }
        } else {
            if let named = try namedScope(dotted: false) { scope = named }
            name = try variableName()
        }
        try assignmentSign()
        return VariableAssignment(scope: scope, name: name, value: try value())
    }

    private mutating func assignmentSign() throws(DDLSyntaxError) {
        _ = skipSymbol(":")
        try expectSymbol("=")
    }

    private mutating func namedScope(dotted: Bool) throws(DDLSyntaxError) -> VariableAssignment.Scope? {
        let scopes: [String: VariableAssignment.Scope] = [
            "GLOBAL": .global, "PERSIST": .global, "PERSIST_ONLY": .global, "SESSION": .session, "LOCAL": .local,
        ]
        guard current.kind == .word, let scope = scopes[current.keyword] else { return nil }
        guard isSymbol(".", ahead: 1) == dotted, !isSymbol("=", ahead: 1) else { return nil }
        advance()
        if dotted { advance() }
        return scope
    }

    private mutating func variableName() throws(DDLSyntaxError) -> String {
        var parts = [try name("a variable's name")]
        while skipSymbol(".") { parts.append(try name("a variable's name")) }
        return parts.joined(separator: ".")
    }

    private mutating func value() throws(DDLSyntaxError) -> String {
        let first = index
        try skipTo(",")
        guard index > first else { throw syntaxError("a value") }
        if index == first + 1, tokens[first].kind == .string { return unquoted(tokens[first].range) }
        return text(from: first, to: index)
    }
}
