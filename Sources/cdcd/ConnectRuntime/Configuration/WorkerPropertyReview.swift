import ConnectData
import WireCore

/// Collects the problems of the worker's properties, and the properties without effect.
struct WorkerPropertyReview {
    private(set) var problems: [WorkerConfigurationError.Problem] = []
    private var otherWarnings: [String] = []
    private let properties: [String: String]
    private var withoutEffect: [String] = []
    private var javaOnly: [String] = []
    private var unknown: [String] = []

    init(_ properties: [String: String], _ found: ConfigOptions<WorkerConfiguration>.Findings) {
        self.properties = properties
        add(found.errors)
        for property in found.withoutEffect {
            if WorkerOptions.isFixedTopicSetting(property.name) {
                otherWarnings.append("\(property.name) is ignored: \(property.reason)")
            } else {
                withoutEffect.append(property.name)
            }
        }
        javaOnly = found.javaOnly
        unknown = properties.keys.filter { WorkerOptions.all[$0] == nil }
    }

    mutating func add(_ findings: KafkaClientProperties.Findings) {
        add(findings.errors)
        withoutEffect += findings.withoutEffect
        javaOnly += findings.javaOnly
        unknown += findings.unknown
        otherWarnings += findings.warnings
    }

    /// Adds the findings of the worker's own client.
    mutating func add(_ findings: KafkaClientSettings.SecurityFindings, _ security: KafkaSecurityProperties) {
        add(findings.errors)
        otherWarnings += findings.unused.map { "\($0.name) cannot be used: \($0.message)" }
        withoutEffect += properties.keys.filter { name in
            WorkerOptions.all[name]?.isConsumed == true && !security.uses(name)
        }
    }

    mutating func refuse(_ name: String, _ remedy: String) {
        problems.append(
            WorkerConfigurationError.Problem(
                name: name, value: properties[name], remedy: LogSystem.shared.redacted(remedy)))
    }

    private mutating func add(_ errors: [ConfigError]) {
        for error in errors {
            let isSecret = error.value == ConfigError.hiddenValue
            let value = isSecret ? error.value : properties[error.name]
            problems.append(
                WorkerConfigurationError.Problem(
                    name: error.name, value: value, remedy: LogSystem.shared.redacted(error.message)))
        }
    }

    var warnings: [String] {
        otherWarnings + unknown.sorted().map {
            "The property \($0) is not known to Kafka Connect and has no effect. Is it misspelt?"
        }
    }

    /// Properties without effect, in one line for each kind.
    var notes: [String] {
        var notes: [String] = []
        if !withoutEffect.isEmpty {
            notes.append("Accepted, but without effect in this worker: \(withoutEffect.sorted().joined(separator: ", "))")
        }
        if !javaOnly.isEmpty {
            notes.append("Accepted, but of use to a Java worker only: \(javaOnly.sorted().joined(separator: ", "))")
        }
        return notes
    }
}
