import ConnectData
import Testing
import WireTestSupport

@testable import ConnectRuntime

/// The tables of `docs/kafka-client-properties.md` are printed from the declarations.
@Suite(.serialized) struct ClientPropertiesPageTests {
    typealias Option = ConfigOption<KafkaClientSettings>

    private static let roles: [KafkaClientProperties.Role] = [.producer, .consumer, .admin]

    /// The declarations of a property in the roles that have it.
    private static let declarations: [String: [(role: KafkaClientProperties.Role, option: Option)]] = {
        var found: [String: [(role: KafkaClientProperties.Role, option: Option)]] = [:]
        for role in roles {
            for option in KafkaClientProperties.of(role).options.options {
                found[option.key.name, default: []].append((role, option))
            }
        }
        return found
    }()

    private static func isSecurity(_ name: String) -> Bool {
        ["ssl.", "sasl.", "security."].contains { name.hasPrefix($0) }
    }

    private func code(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "" }
        return "`\(text)`"
    }

    private func state(_ option: Option) -> String {
        let choices = option.supportedValues.map { "`\($0)`" }.joined(separator: ", ")
        return switch option.use {
        case .consumed, .consumedGroup: choices.isEmpty ? "supported" : "supported: \(choices)"
        case .withoutEffect(let reason): "no effect: \(reason)"
        case .javaOnly: "no effect: it concerns only a Java virtual machine"
        case .refused(let remedy): choices.isEmpty ? "**refused**: \(remedy)" : "only \(choices): \(remedy)"
        }
    }

    /// One text if all roles have the same, otherwise that of each.
    private func cell(_ texts: [(role: KafkaClientProperties.Role, text: String)]) -> String {
        let first = texts.first?.text ?? ""
        if texts.allSatisfy({ $0.text == first }) { return first }
        return texts.map { "\($0.role.rawValue): \($0.text)" }.joined(separator: "<br>")
    }

    private func table(_ isIncluded: (_ name: String, _ roles: [KafkaClientProperties.Role]) -> Bool) -> String {
        var text = "\n| property | type | default | importance | |\n|---|---|---|---|---|\n"
        for (name, found) in Self.declarations.sorted(by: { $0.key < $1.key }) {
            guard isIncluded(name, found.map(\.role)) else { continue }
            func cells(_ text: (Option) -> String) -> String { cell(found.map { ($0.role, text($0.option)) }) }
            let fallback = cells { $0.key.isRequired ? "required" : code($0.key.defaultValue) }
            let type = found[0].option.key.type.rawValue.lowercased()
            let importance = cells { $0.key.importance.rawValue.lowercased() }
            text += "| `\(name)` | \(type) | \(fallback) | \(importance) | \(cells(state)) |\n"
        }
        return text + "\n"
    }

    private let page = "kafka-client-properties.md"

    @Test func tableOfCommonPropertiesIsUpToDate() throws {
        try expectGenerated(
            table { $1.count > 1 && !Self.isSecurity($0) }, "common", in: page)
    }

    @Test func tableOfSecurityIsUpToDate() throws {
        try expectGenerated(table { name, _ in Self.isSecurity(name) }, "security", in: page)
    }

    @Test(arguments: roles) func tablesOfOneClientAreUpToDate(role: KafkaClientProperties.Role) throws {
        try expectGenerated(table { $1 == [role] }, role.rawValue, in: page)
    }
}
