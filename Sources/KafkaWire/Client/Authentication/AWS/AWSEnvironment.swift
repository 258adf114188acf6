import Foundation
import WireCore

/// What the process and its files say about AWS: environment variables and the profiles of the shared files.
struct AWSEnvironment: Sendable {
    let variables: [String: String]

    init(variables: [String: String] = ProcessInfo.processInfo.environment) { self.variables = variables }

    /// A variable that is set and not empty.
    subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    var profileName: String { self["AWS_PROFILE"] ?? "default" }

    /// The settings of a profile from both files, those of the credentials file with precedence; nil if no file has it.
    func profile(_ name: String) throws(SASLError) -> [String: String]? {
        let config = try sections(
            of: self["AWS_CONFIG_FILE"] ?? home(".aws/config"), isNamed: self["AWS_CONFIG_FILE"] != nil)
        let credentials = try sections(
            of: self["AWS_SHARED_CREDENTIALS_FILE"] ?? home(".aws/credentials"),
            isNamed: self["AWS_SHARED_CREDENTIALS_FILE"] != nil)
        // In the configuration file, only the default profile may lack the word.
        let fromConfig = config["profile \(name)"] ?? (name == "default" ? config["default"] : nil)
        guard fromConfig != nil || credentials[name] != nil else { return nil }
        return (fromConfig ?? [:]).merging(credentials[name] ?? [:]) { $1 }
    }

    private func home(_ path: String) -> String { (self["HOME"] ?? "/root") + "/" + path }

    /// - Parameter isNamed: whether a variable names the file, so that it must exist.
    private func sections(of path: String, isNamed: Bool) throws(SASLError) -> [String: [String: String]] {
        guard isNamed || FileManager.default.fileExists(atPath: path) else { return [:] }
        return Self.sections(in: try CredentialFile.text(path))
    }

    /// The sections of an INI text. Comments begin with `#` or `;`, lines of nested settings with a blank.
    static func sections(in text: String) -> [String: [String: String]] {
        var sections: [String: [String: String]] = [:]
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";", !first.isWhitespace else { continue }
            if first == "[", let end = line.firstIndex(of: "]") {
                let words = line[line.index(after: line.startIndex)..<end].split(whereSeparator: \.isWhitespace)
                let name = words.joined(separator: " ")
                current = name
                sections[name] = sections[name] ?? [:]
            } else if let current, let mark = line.firstIndex(of: "=") {
                let name = line[..<mark].filter { !$0.isWhitespace }.lowercased()
                let value = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
                sections[current]?[name] = value
            }
        }
        return sections
    }
}
