import ConnectData

extension ConnectorOptions {
    /// Checks a configuration without connecting to anything: one element for each listed property, and one for each
    /// other that is wrong.
    package static func validate(_ configuration: [String: String]) -> ConfigValidation {
        let profile = DebeziumProfile(configuration: configuration)
        var check = ConfigurationCheck(configuration, profile)
        check.run()
        var errors = check.errors
        let hidden = Set(all(profile).filter { $0.presence(profile)?.isVisible == false }.map(\.name))
        var values = definition(profile).keys.map { key in
            ConfigValue(
                name: key.name, key: key, value: nil, errors: errors.removeValue(forKey: key.name) ?? [],
                isVisible: !hidden.contains(key.name))
        }
        for (name, errors) in errors.sorted(by: { $0.key < $1.key }) {
            values.append(ConfigValue(name: name, key: nil, value: configuration[name], errors: errors))
        }
        return ConfigValidation(values: values, warnings: check.warnings)
    }
}
