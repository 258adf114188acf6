import ConnectData

/// Finds declared options whose consumers ignore the value.
package enum OptionConsumption {
    /// The names of the consumed options that do not change the target if they have another value than the default.
    ///
    /// - Parameter values: for options that do not accept every value.
    package static func unused<Target>(
        of options: ConfigOptions<Target>, into target: Target, values: [String: String] = [:]
    ) -> [String] {
        func text(_ target: Target) -> String {
            var text = ""
            dump(target, to: &text)
            return text
        }
        return unused(of: options, into: target, values) { text($0) == text($1) }
    }

    /// As above, for a target whose dump does not show secrets.
    package static func unused<Target: Equatable>(
        of options: ConfigOptions<Target>, into target: Target, values: [String: String] = [:]
    ) -> [String] {
        unused(of: options, into: target, values, ==)
    }

    private static func unused<Target>(
        of options: ConfigOptions<Target>, into target: Target, _ values: [String: String],
        _ isEqual: (Target, Target) -> Bool
    ) -> [String] {
        func result(_ configuration: [String: String]) -> Target {
            var target = target
            _ = options.read(configuration, into: &target)
            return target
        }
        let base = result([:])
        return options.options.filter(\.isConsumed).map(\.key).compactMap { key in
            // An option for all properties below a prefix ends in an asterisk.
            let name = key.name.hasSuffix("*") ? key.name.dropLast() + "x" : key.name
            return isEqual(result([name: values[key.name] ?? sample(key)]), base) ? key.name : nil
        }
    }

    private static func sample(_ key: ConfigKey) -> String {
        switch key.type {
        case .boolean: key.defaultValue == "true" ? "false" : "true"
        case .int, .short, .long, .double: key.defaultValue == "7" ? "8" : "7"
        case .string, .list, .classReference, .password: "x"
        }
    }
}
