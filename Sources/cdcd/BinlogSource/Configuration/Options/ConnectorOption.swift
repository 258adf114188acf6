import ConnectData
import DebeziumPlugins

/// One property of the connector: how each generation of Debezium declares it, and the code that consumes it.
package struct ConnectorOption: Sendable {
    /// Why no code consumes an option.
    package enum Support: Sendable {
        /// Read, checked and shown, but without effect: it tunes a part of Debezium that works differently here.
        case tuning
        /// Every value except the default and the supported ones is refused by name.
        case notYet
    }

    /// A check of the value besides its type.
    package enum Check: Sendable {
        case none
        case positive
        /// Like `positive`; the message mentions an integer even if the type is long.
        case positiveInteger
        case notNegative
        case expressions
        case operations
        /// A former value that Debezium lists, and refuses with a message of its own.
        case withdrawn(String)
    }

    /// How a generation declares the property.
    package struct Presence: Sendable {
        /// The position in its group; 0 if the plugin reads the property without listing it.
        package let order: Int
        package let defaultValue: String?
        package let isRequired: Bool
        /// The allowed values, in the order in which messages name them; empty for any value.
        package let choices: [String]
        package let isVisible: Bool
        /// The type in listings if it differs from the option's.
        package let type: ConfigType?
        package let dependents: [String]

        init(
            order: Int, default defaultValue: String? = nil, isRequired: Bool = false, choices: [String] = [],
            isVisible: Bool = true, type: ConfigType? = nil, dependents: [String] = []
        ) {
            self.order = order
            self.defaultValue = defaultValue
            self.isRequired = isRequired
            self.choices = choices
            self.isVisible = isVisible
            self.type = type
            self.dependents = dependents
        }
    }

    package let name: String
    package let type: ConfigType
    package let importance: ConfigImportance
    package let displayName: String
    package let width: ConfigWidth
    package let check: Check
    /// nil if the generation does not have the property.
    package let v19: Presence?
    package let v36: Presence?
    package let documentation: String
    private let declare: @Sendable (ConfigKey) -> ConfigOption<MySQLConnectorConfig>

    /// - Parameter declare: adds the consumer to the key.
    init(
        _ name: String, _ type: ConfigType, _ importance: ConfigImportance, _ displayName: String,
        width: ConfigWidth = .none, check: Check = .none, v19: Presence? = nil, v36: Presence? = nil,
        _ documentation: String, declare: @escaping @Sendable (ConfigKey) -> ConfigOption<MySQLConnectorConfig>
    ) {
        self.name = name
        self.type = type
        self.importance = importance
        self.displayName = displayName
        self.width = width
        self.check = check
        self.v19 = v19
        self.v36 = v36
        self.documentation = documentation
        self.declare = declare
    }

    /// - Parameters:
    ///   - supported: the values besides the default that are not refused.
    ///   - prefix: set if the option declares all properties with this prefix.
    ///   - remedy: ends the message if a value is refused; empty for the general message.
    init(
        _ name: String, _ type: ConfigType, _ importance: ConfigImportance, _ displayName: String,
        width: ConfigWidth = .none, check: Check = .none, v19: Presence? = nil, v36: Presence? = nil, support: Support,
        supported supportedValues: [String] = [], prefix: String? = nil, remedy: String = "", _ documentation: String
    ) {
        self.init(
            name, type, importance, displayName, width: width, check: check, v19: v19, v36: v36, documentation
        ) { key in
            switch support {
            case .tuning: ConfigOption(key, prefix: prefix, use: .withoutEffect(reason: documentation))
            case .notYet:
                ConfigOption(key, supported: supportedValues, prefix: prefix, use: .refused(remedy: remedy))
            }
        }
    }

    /// Returns nil if the generation does not have the property.
    package func presence(_ profile: DebeziumProfile) -> Presence? { profile.generation == .v19 ? v19 : v36 }

    /// The declaration of a generation; nil if it does not have the property.
    package func resolved(_ profile: DebeziumProfile) -> ConfigOption<MySQLConnectorConfig>? {
        presence(profile).map { presence in
            declare(
                ConfigKey(
                    name, presence.type ?? type, defaultValue: presence.defaultValue, isRequired: presence.isRequired,
                    importance: importance, documentation: documentation, orderInGroup: presence.order, width: width,
                    displayName: displayName, dependents: presence.dependents, recommendedValues: presence.choices,
                    validator: validator(presence, profile)))
        }
    }

    /// The declaration of the latest generation that has the property.
    package var declaration: ConfigOption<MySQLConnectorConfig>? { resolved(.v36) ?? resolved(.v19) }

    package var isConsumed: Bool { declaration?.isConsumed ?? false }

    private func validator(_ presence: Presence, _ profile: DebeziumProfile) -> ConfigValidator {
        ConfigValidator { name, value in
            guard let value, let problem = problem(value, presence, profile) else { return nil }
            return ConfigError(
                name: name, value: value.shown, message: profile.validationMessage(name, problem))
        }
    }

    /// What is wrong with a value of the right type, in Debezium's words.
    private func problem(_ value: ConfigSetting, _ presence: Presence, _ profile: DebeziumProfile) -> String? {
        let text = value.shown
        switch check {
        case .none: break
        case .positive, .positiveInteger:
            guard case .integer(let number) = value, number <= 0 else { break }
            if case .positive = check, type == .long { return profile.positiveNumberProblem("long") }
            return profile.positiveNumberProblem("integer")
        case .notNegative:
            guard case .integer(let number) = value, number < 0 else { break }
            return type == .long
                ? "A non-negative long value is expected" : "An non-negative integer is expected"
        case .expressions:
            do throws(JavaPattern.SyntaxError) { _ = try PatternList(text) } catch {
                return "A comma-separated list of valid regular expressions is expected, but \(error)"
            }
        case .operations:
            if let problem = MySQLConnectorConfig.SkippedOperations.problem(text) { return problem }
        case .withdrawn(let former):
            if text.lowercased() == former { return "The '\(former)' \(name) is no longer supported" }
        }
        if !presence.choices.isEmpty, !presence.choices.contains(text.lowercased()) {
            return "Value must be one of \(presence.choices.joined(separator: ", "))"
        }
        return nil
    }
}
