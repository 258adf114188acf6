import Foundation

/// The privileges of an account, parsed from `SHOW GRANTS`: its own and those of its active roles.
struct Grants: Hashable, Sendable {
    private struct Scope: Hashable, Sendable {
        /// nil means every database, or every table.
        var database: String?
        var table: String?
    }

    private var privileges: [Scope: Set<String>] = [:]
    private var revoked: [Scope: Set<String>] = [:]
    /// The account as the statements write it: `` `user`@`%` ``.
    private(set) var account = ""

    init(statements: [String]) {
        for statement in statements { add(statement) }
    }

    /// Whether the account has the privilege on every database.
    func hasGlobal(_ privilege: String) -> Bool { has(privilege, Scope()) }

    /// Whether the account has the privilege on any object.
    func hasAnywhere(_ privilege: String) -> Bool { privileges.keys.contains { has(privilege, $0) } }

    /// Whether the account has the privilege on the table: globally, on its database or on itself.
    func has(_ privilege: String, on table: TableID) -> Bool {
        let database = Scope(database: table.database)
        if hasGlobal(privilege), revoked[database]?.contains(privilege) != true { return true }
        return privileges.keys.contains { scope in
            guard let pattern = scope.database, Self.matches(pattern, table.database) else { return false }
            return (scope.table == nil || scope.table == table.table) && has(privilege, scope)
        }
    }

    private func has(_ privilege: String, _ scope: Scope) -> Bool {
        guard let set = privileges[scope] else { return false }
        return set.contains(privilege) || set.contains("ALL PRIVILEGES") || set.contains("ALL")
    }

    /// Parses `GRANT SELECT, RELOAD ON *.* TO …`, ``GRANT SELECT (`a`), INSERT ON `db`.`t` TO …``, and with partial
    /// revokes ``REVOKE SELECT ON `db`.* FROM …``. Grants of roles (without ON) and of proxies are ignored.
    private mutating func add(_ statement: String) {
        let isRevoke = statement.hasPrefix("REVOKE ")
        guard isRevoke || statement.hasPrefix("GRANT "), let on = statement.range(of: " ON "),
            let end = statement.range(
                of: isRevoke ? " FROM " : " TO ", options: .backwards, range: on.upperBound..<statement.endIndex)
        else { return }
        if !isRevoke {
            let rest = statement[end.upperBound...]
            account = String(rest[..<(rest.range(of: " WITH ")?.lowerBound ?? rest.endIndex)])
        }
        let start = statement.index(statement.startIndex, offsetBy: isRevoke ? 7 : 6)
        guard let scope = Self.scope(statement[on.upperBound..<end.lowerBound]) else { return }
        var words: Set<String> = []
        for word in Self.split(statement[start..<on.lowerBound], at: ",") {
            // Privileges on single columns are not privileges on the table.
            if word.contains("(") { continue }
            words.insert(word.trimmingCharacters(in: .whitespaces).uppercased())
        }
        if isRevoke {
            revoked[scope, default: []].formUnion(words)
        } else {
            privileges[scope, default: []].formUnion(words)
        }
    }

    private static func scope(_ text: Substring) -> Scope? {
        let parts = split(text, at: ".")
        guard parts.count == 2 else { return nil }
        let database = parts[0] == "*" ? nil : unquoted(parts[0])
        let table = parts[1] == "*" ? nil : unquoted(parts[1])
        return Scope(database: database, table: table)
    }

    private static func unquoted(_ name: String) -> String {
        guard name.count >= 2, name.hasPrefix("`"), name.hasSuffix("`") else { return name }
        return name.dropFirst().dropLast().replacingOccurrences(of: "``", with: "`")
    }

    /// Splits outside of backquotes and parentheses.
    private static func split(_ text: Substring, at separator: Character) -> [String] {
        var parts = [""]
        var (isQuoted, depth) = (false, 0)
        for character in text {
            switch character {
            case "`": isQuoted.toggle()
            case "(" where !isQuoted: depth += 1
            case ")" where !isQuoted: depth -= 1
            default: break
            }
            if character == separator, !isQuoted, depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    /// Database names in grants are patterns: `_` one character, `%` any number, `\` before a literal one.
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        matches(Array(pattern.unicodeScalars)[...], Array(name.unicodeScalars)[...])
    }

    private static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "%": return (name.startIndex...name.endIndex).contains { matches(rest, name[$0...]) }
        case "_": return !name.isEmpty && matches(rest, name.dropFirst())
        case "\\":
            guard let literal = rest.first else { return name.first == first && name.count == 1 }
            return name.first == literal && matches(rest.dropFirst(), name.dropFirst())
        default: return name.first == first && matches(rest, name.dropFirst())
        }
    }
}
