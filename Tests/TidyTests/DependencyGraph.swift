import Foundation

/// The dependencies between folders, found by reading the sources as text: a folder depends on those that declare the
/// types that it names.
///
/// A name that several modules declare belongs to the nearest one; an ambiguous or unknown name is ignored.
struct DependencyGraph {
    private var declaring: [String: Set<String>] = [:]
    private var isPrivate: Set<String> = []
    private var named: [String: Set<String>] = [:]
    private var imports: [String: Set<String>] = [:]
    private var module: [String: String] = [:]

    /// Names that are declared inside of many types and identify none.
    private static let common: Set<String> = [
        "Value", "Element", "Index", "Key", "Array", "SubSequence", "Iterator", "Error", "ID", "Failure", "Success",
        "Output", "Input", "Body", "Stride", "Continuation", "State", "Kind", "Action",
    ]

    private static func expression(_ pattern: String) throws -> NSRegularExpression {
        try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
    }

    init(_ files: [Repository.File]) throws {
        let comment = try Self.expression(##""""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*(?:.|\n)*?\*/"##)
        let declaration = try Self.expression(
            ##"^\s*((?:(?:@\w+(?:\([^)]*\))?|[a-z]+)\s+)*?)(?:struct|class|enum|actor|protocol|typealias)\s+([A-Z]\w*)"##
        )
        let name = try Self.expression(#"\b[A-Z]\w+\b"#)
        let importing = try Self.expression(#"^\s*(?:@\w+\s+)*(?:\w+\s+)*?import\s+(\w+)"#)
        for file in files {
            let code = comment.stringByReplacingMatches(
                in: file.text, range: NSRange(file.text.startIndex..., in: file.text), withTemplate: " ")
            let range = NSRange(code.startIndex..., in: code)
            func text(_ match: NSTextCheckingResult, _ group: Int) -> String {
                Range(match.range(at: group), in: code).map { String(code[$0]) } ?? ""
            }
            for match in declaration.matches(in: code, range: range) {
                declaring[text(match, 2), default: []].insert(file.path)
                if text(match, 1).contains("private") { isPrivate.insert("\(text(match, 2)) \(file.path)") }
            }
            named[file.path] = Set(name.matches(in: code, range: range).map { text($0, 0) })
            imports[file.path] = Set(importing.matches(in: code, range: range).map { text($0, 1) })
            let folders = file.path.split(separator: "/").map(String.init)
            module[file.path] =
                switch (folders[1], folders[2]) {
                case ("cdcd", let folder): folder
                case ("KafkaWire", "Protocol"): "KafkaProtocol"
                case ("KafkaWire", "Broker"): "KafkaBroker"
                case (let folder, _): folder
                }
        }
    }

    /// The file whose declaration of `name` is visible in `user`.
    private func owner(of name: String, for user: String) -> String? {
        guard !Self.common.contains(name), let declaring = declaring[name] else { return nil }
        let seen = declaring.filter { file in
            (!isPrivate.contains("\(name) \(file)") || file == user)
                && (module[file] == module[user] || imports[user]?.contains(module[file] ?? "") == true)
        }
        if seen.contains(user) { return user }
        var folders = user.split(separator: "/").dropLast()
        while !folders.isEmpty {
            let near = seen.filter { $0.hasPrefix(folders.joined(separator: "/") + "/") }
            if near.count == 1 { return near.first }
            if !near.isEmpty { return nil }
            folders.removeLast()
        }
        return nil
    }

    private static func folder(_ file: String) -> String { String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) }

    /// Pairs of folders that use each other, each with the files and names of the rarer direction.
    func circles() -> [String: String] {
        var arrows: [String: [String: [String]]] = [:]
        for (user, names) in named {
            for name in names {
                guard let owner = owner(of: name, for: user), Self.folder(owner) != Self.folder(user) else { continue }
                let file = user.split(separator: "/").last ?? ""
                arrows[Self.folder(user), default: [:]][Self.folder(owner), default: []].append("\(file) names \(name)")
            }
        }
        var circles: [String: String] = [:]
        for (from, targets) in arrows {
            for (to, uses) in targets {
                guard let back = arrows[to]?[from], (uses.count, from) < (back.count, to) else { continue }
                circles["\(min(from, to)) <-> \(max(from, to))"] = uses.sorted().joined(separator: ", ")
            }
        }
        return circles
    }
}
