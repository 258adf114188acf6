import ConnectData
import DebeziumPlugins
import WireCore

/// The problems of a configuration that are found without connecting to anything.
package struct ConnectorConfigValidation: Sendable {
    /// The first error of each property.
    private var errors: [String: ConfigError] = [:]
    private var warnings: [String] = []
    private let configuration: [String: String]
    private let profile: DebeziumProfile

    package init(_ configuration: [String: String]) {
        profile = DebeziumProfile(configuration: configuration)
        self.configuration = configuration
        let options = ConnectorOptions.all(profile)
        let found = options.check(configuration, conventions: .debezium(profile))
        found.errors.forEach { add($0) }
        for rule in ConnectorRule.all(profile) {
            for problem in rule.problems(configuration, options) {
                let message = profile.validationMessage(problem.name, problem.text)
                add(ConfigError(name: problem.name, value: configuration[problem.name], message: message))
            }
        }
        warnings = found.withoutEffect.map { "The property \($0.name) has no effect here: \($0.reason)" }
        for name in configuration.keys.sorted() where options[name] == nil {
            guard !ConnectorProperties.isDeclaredForSources(name) else { continue }
            if name.hasExactPrefix("database.") && !name.hasExactPrefix("database.history") {
                warnings.append("The property \(name) has no effect: it is for Java's database driver")
            } else {
                warnings.append("The property \(name) is not known to the connector and has no effect")
            }
        }
    }

    private mutating func add(_ error: ConfigError) {
        if errors[error.name] == nil { errors[error.name] = error }
    }

    /// The error of the property that is first by name.
    var firstError: ConfigError? { errors.min { $0.key < $1.key }?.value }

    /// One element for each listed property, and one for each other that has an error.
    package var result: ConfigValidation {
        let hidden = Set(
            ConnectorOptions.groups.flatMap(\.options).filter { $0.presence(profile)?.isVisible == false }.map(\.name))
        let listed = ConnectorOptions.definition(profile).keys
        var values = listed.map { key in
            ConfigValue(
                name: key.name, key: key, value: nil, errors: errors[key.name].map { [$0.message] } ?? [],
                isVisible: !hidden.contains(key.name))
        }
        let names = Set(listed.map(\.name))
        for error in errors.values.filter({ !names.contains($0.name) }).sorted(by: { $0.name < $1.name }) {
            values.append(
                ConfigValue(name: error.name, key: nil, value: configuration[error.name], errors: [error.message]))
        }
        return ConfigValidation(values: values, warnings: warnings)
    }
}
