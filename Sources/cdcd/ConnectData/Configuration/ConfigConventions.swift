/// The rules by which a configuration is read, and the texts of its errors. They differ between Kafka, Debezium and the
/// worker's properties.
package struct ConfigConventions: Sendable {
    /// Whether a blank value of a property counts as absent, so that the default applies.
    package var treatsBlankAsAbsent: @Sendable (_ key: ConfigKey) -> Bool
    /// Whether the validator also checks defaults, absent values, and values that could not be read.
    package var validatesDefaults: Bool
    /// Whether a list that may not repeat an item is read without the repetitions, as Kafka's clients and workers read
    /// their own properties; otherwise they are an error, as in the validation of a connector.
    package var removesRepetitions: Bool
    package var missing: @Sendable (_ key: ConfigKey, _ name: String, _ value: String?) -> ConfigError
    /// The error for a value that is not of the property's type, from Kafka's error.
    package var unreadable: @Sendable (_ key: ConfigKey, _ error: ConfigError) -> ConfigError
    /// The error for a value that the property's validator refuses, from the validator's error.
    package var invalid: @Sendable (_ error: ConfigError) -> ConfigError
    /// The error for a value that is not supported.
    package var unsupported: @Sendable (
        _ key: ConfigKey, _ name: String, _ value: String, _ supported: [String], _ remedy: String
    ) -> ConfigError

    package init(
        treatsBlankAsAbsent: @escaping @Sendable (_ key: ConfigKey) -> Bool, validatesDefaults: Bool,
        removesRepetitions: Bool = false,
        missing: @escaping @Sendable (_ key: ConfigKey, _ name: String, _ value: String?) -> ConfigError,
        unreadable: @escaping @Sendable (_ key: ConfigKey, _ error: ConfigError) -> ConfigError,
        invalid: @escaping @Sendable (_ error: ConfigError) -> ConfigError = { $0 },
        unsupported: @escaping @Sendable (
            _ key: ConfigKey, _ name: String, _ value: String, _ supported: [String], _ remedy: String
        ) -> ConfigError
    ) {
        self.treatsBlankAsAbsent = treatsBlankAsAbsent
        self.validatesDefaults = validatesDefaults
        self.removesRepetitions = removesRepetitions
        self.missing = missing
        self.unreadable = unreadable
        self.invalid = invalid
        self.unsupported = unsupported
    }

    /// Those of `org.apache.kafka.common.config.ConfigDef`.
    package static let kafka = ConfigConventions(
        treatsBlankAsAbsent: { _ in false }, validatesDefaults: true,
        missing: { _, name, _ in
            ConfigError(name: name, message: "Missing required configuration \"\(name)\" which has no default value.")
        },
        unreadable: { _, error in error },
        unsupported: { key, name, value, supported, remedy in
            let values = ([key.defaultValue] + supported).compactMap { $0 }.joined(separator: ", ")
            return ConfigError(
                name: name, value: value, reason: remedy.isEmpty ? "Value must be one of \(values)" : remedy)
        })

    package func isAbsent(_ value: String?, of key: ConfigKey) -> Bool {
        value.map { treatsBlankAsAbsent(key) && JavaText.trim($0).isEmpty } ?? true
    }

    /// Reads and checks one property.
    package func read(
        _ key: ConfigKey, name: String, in configuration: [String: String]
    ) -> (input: ConfigInput, errors: [ConfigError]) {
        let given = configuration[name]
        let isAbsent = isAbsent(given, of: key)
        var errors: [ConfigError] = []
        var setting: ConfigSetting?
        let text = isAbsent ? key.defaultValue : given
        if let text {
            do throws(ConfigError) {
                setting = try ConfigSetting.parse(text, as: key.type, name: name)
                if removesRepetitions, case .list(let items) = setting { setting = .list(items.removingRepetitions()) }
            } catch {
                errors.append(unreadable(key, error))
            }
        } else if key.isRequired {
            errors.append(missing(key, name, given))
        }
        let isChecked = validatesDefaults || (errors.isEmpty && !isAbsent)
        if isChecked, let error = key.validator?.check(name: name, value: setting) { errors.append(invalid(error)) }
        if key.type == .password { errors = errors.map(\.withoutValue) }
        return (ConfigInput(name: name, text: text, setting: setting, isGiven: given != nil), errors)
    }
}

extension [String] {
    fileprivate func removingRepetitions() -> [String] {
        var found: Set<String> = []
        return filter { found.insert($0).inserted }
    }
}
