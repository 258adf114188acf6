import ConnectData
import DebeziumPlugins

extension ConfigConventions {
    /// Those of Debezium: only required properties may not be blank, and only given values are checked.
    static func debezium(_ profile: DebeziumProfile) -> ConfigConventions {
        ConfigConventions(
            treatsBlankAsAbsent: { $0.isRequired }, validatesDefaults: false,
            missing: { _, name, value in
                ConfigError(
                    name: name, value: value, message: profile.validationMessage(name, "A value is required"))
            },
            unreadable: { key, error in
                let problem =
                    switch key.type {
                    case .boolean: "Either 'true' or 'false' is expected"
                    case .int, .short: "An integer is expected"
                    case .long: "A long value is expected"
                    case .double: "A double value is expected"
                    case .string, .list, .classReference, .password: error.message
                    }
                return ConfigError(
                    name: error.name, value: error.value, message: profile.validationMessage(error.name, problem))
            },
            unsupported: { key, name, value, supported, remedy in
                let choices = key.recommendedValues
                let supported = supported.filter(choices.contains)
                let message =
                    if !remedy.isEmpty {
                        "The option \(name) is not supported yet by cdcd: \(remedy)"
                    } else if supported.isEmpty {
                        "The option \(name) is not supported yet by cdcd. Remove it from the configuration"
                    } else {
                        "The value \(JavaText.trim(value)) of the option \(name) is not supported yet by cdcd. "
                            + "Supported: " + supported.joined(separator: ", ")
                    }
                return ConfigError(name: name, value: value, message: message)
            })
    }
}
