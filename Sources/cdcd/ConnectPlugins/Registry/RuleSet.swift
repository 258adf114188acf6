import ConnectData
import WireCore

/// Confluent's data contract rules, which a client has to apply: encryption of fields, conditions, transforms. They are
/// refused, because records would be written without them.
enum RuleSet {
    /// - Throws: `DataError` if a schema of an answer has rules.
    static func refuse(_ answer: RegistryAnswer, _ subject: SchemaSubject) throws(DataError) {
        guard let rules = answer.object["ruleSet"], !rules.isNull else { return }
        var names: [String] = []
        for kind in ["domainRules", "encodingRules", "migrationRules"] {
            for rule in rules.objectValue?[kind]?.arrayValue ?? [] {
                let name = rule.objectValue?["name"]?.stringValue ?? "without a name"
                let type = rule.objectValue?["type"]?.stringValue.map { " (\($0.prefix(100)))" } ?? ""
                names.append("\(name.prefix(100))\(type)")
            }
        }
        // A rule set of an unknown form may hold rules.
        let members = rules.objectValue?.members
        let hasOnlyEmptyLists = members?.allSatisfy { $0.value == .array([]) || $0.value.isNull } ?? false
        if names.isEmpty, hasOnlyEmptyLists { return }
        throw DataError(
            "The subject \(subject) has a ruleSet: \(names.prefix(10).joined(separator: ", ")). cdcd does not apply rules, "
                + "such as the encryption of fields, and does not write records without them."
                + "\nRemedy: use a subject without a ruleSet, or a worker that applies it.")
    }
}
