import ConnectData

extension ConfigConventions {
    /// Those of the worker's properties: a blank value counts as absent, and an error's text is the remedy.
    static let worker = ConfigConventions(
        // Blank, this one turns off the check of host names.
        treatsBlankAsAbsent: { $0.name != "ssl.endpoint.identification.algorithm" }, validatesDefaults: false,
        removesRepetitions: true,
        missing: { key, name, value in ConfigError(name: name, value: value, message: key.documentation) },
        unreadable: { key, error in
            let message =
                switch key.type {
                case .boolean: "true or false is expected"
                case .int, .short, .long, .double: "a whole number is expected"
                case .string, .list, .classReference, .password: error.message
                }
            return ConfigError(name: error.name, value: error.value, message: message)
        },
        invalid: { ConfigError(name: $0.name, value: $0.value, message: $0.reason) },
        unsupported: { _, name, value, supported, remedy in
            let message = remedy.isEmpty ? "only \(supported.joined(separator: " and ")) are supported yet" : remedy
            return ConfigError(name: name, value: value, message: message)
        })
}

extension ConfigValidator {
    static func range(_ range: ClosedRange<Int64>) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .integer(let number) = value, !range.contains(number) else { return nil }
            return ConfigError(
                name: name, value: value?.shown,
                message: "a value from \(range.lowerBound) to \(range.upperBound) is expected")
        }
    }
}
