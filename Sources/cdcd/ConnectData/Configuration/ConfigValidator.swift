/// A check of one property's value beyond its type, with the messages of Kafka's `ConfigDef` validators.
package struct ConfigValidator: Sendable {
    /// The error, or nil. The value is nil if none was given and there is no default, or if it could not be parsed.
    private let error: @Sendable (_ name: String, _ value: ConfigSetting?) -> ConfigError?

    package init(_ error: @escaping @Sendable (_ name: String, _ value: ConfigSetting?) -> ConfigError?) {
        self.error = error
    }

    package func check(name: String, value: ConfigSetting?) -> ConfigError? { error(name, value) }

    private static func refuse(_ name: String, _ value: ConfigSetting?, _ reason: String) -> ConfigError {
        ConfigError(name: name, value: value?.described, reason: reason)
    }

    /// The first error of several checks.
    package static func all(_ validators: ConfigValidator...) -> ConfigValidator {
        ConfigValidator { name, value in
            for validator in validators {
                if let error = validator.check(name: name, value: value) { return error }
            }
            return nil
        }
    }

    /// The same check, whose messages name the property `name`, as those of properties under a prefix do.
    package func naming(_ name: String) -> ConfigValidator { ConfigValidator { _, value in error(name, value) } }

    package static func atLeast(_ minimum: Int64) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .integer(let number) = value else { return refuse(name, value, "Value must be non-null") }
            return number < minimum ? refuse(name, value, "Value must be at least \(minimum)") : nil
        }
    }

    package static func between(_ minimum: Int64, _ maximum: Int64) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .integer(let number) = value else { return refuse(name, value, "Value must be non-null") }
            if number < minimum { return refuse(name, value, "Value must be at least \(minimum)") }
            return number > maximum ? refuse(name, value, "Value must be no more than \(maximum)") : nil
        }
    }

    package static func within(_ minimum: Double, _ maximum: Double) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .double(let number) = value else { return refuse(name, value, "Value must be non-null") }
            if number < minimum { return refuse(name, value, "Value must be at least \(minimum)") }
            return number > maximum ? refuse(name, value, "Value must be no more than \(maximum)") : nil
        }
    }

    /// Like `atLeast`, but no value is valid too.
    package static func absentOrAtLeast(_ minimum: Int64) -> ConfigValidator {
        ConfigValidator { name, value in
            value == nil ? nil : atLeast(minimum).check(name: name, value: value)
        }
    }

    package static func oneOf(_ choices: [String]) -> ConfigValidator {
        ConfigValidator { name, value in
            if case .text(let text) = value, choices.contains(text) { return nil }
            return refuse(name, value, "String must be one of: \(choices.joined(separator: ", "))")
        }
    }

    package static func oneOfIgnoringCase(_ choices: [String]) -> ConfigValidator {
        ConfigValidator { name, value in
            if case .text(let text) = value, choices.contains(text.uppercased()) { return nil }
            return refuse(
                name, value, "String must be one of (case insensitive): \(choices.joined(separator: ", "))")
        }
    }

    /// An absent value is valid; an empty one is not.
    package static let nonEmptyString = ConfigValidator { name, value in
        value == .text("") ? refuse(name, value, "String must be non-empty") : nil
    }

    /// A name that can be part of paths and topics: not empty, no control characters. The check for required
    /// properties handles an absent value.
    package static let nonEmptyStringWithoutControlCharacters = ConfigValidator { name, value in
        guard case .text(let text) = value else { return nil }
        if text.isEmpty { return refuse(name, value, "String may not be empty") }
        let found = text.unicodeScalars.filter { $0.value <= 0x1F || (0x7F...0x9F).contains($0.value) }
        guard !found.isEmpty else { return nil }
        let codes = found.map { String($0.value) }.joined(separator: ", ")
        return refuse(
            name, value, "String may not contain control sequences but had the following ASCII chars: \(codes)")
    }

    /// A list of distinct names.
    package static let uniqueAliases = ConfigValidator { name, value in
        guard case .list(let items) = value, Set(items).count != items.count else { return nil }
        return refuse(name, value, "Duplicate alias provided.")
    }

    /// A list without duplicates and empty items.
    ///
    /// - Parameter allowsEmpty: whether it may have no item.
    package static func distinctItems(allowsEmpty: Bool) -> ConfigValidator {
        ConfigValidator { name, value in
            func error(_ reason: String) -> ConfigError {
                ConfigError(name: name, value: value?.described, message: "Configuration '\(name)' \(reason)")
            }
            guard case .list(let items) = value else { return error("values must not be null.") }
            if items.isEmpty {
                return allowsEmpty ? nil : error("must not be empty. Valid values include: any non-empty value")
            }
            if Set(items).count != items.count { return error("values must not be duplicated.") }
            return items.contains("") ? error("values must not be empty.") : nil
        }
    }

    /// A list with at least one item.
    package static let nonEmptyList = ConfigValidator { name, value in
        if case .list(let items) = value, !items.isEmpty { return nil }
        return refuse(name, value, "Empty list")
    }

    /// A Java regular expression.
    package static let regularExpression = ConfigValidator { name, value in
        guard case .text(let text) = value else {
            return refuse(
                name, value,
                "Invalid regex: Cannot invoke \"String.isEmpty()\" because \"this.pattern\" is null")
        }
        do throws(JavaPattern.SyntaxError) {
            _ = try JavaPattern(text)
            return nil
        } catch {
            return refuse(name, value, "Invalid regex: \(error.description)")
        }
    }

    /// Refuses every value that needs an unsupported feature. `isSupported` is called only with present values.
    package static func supportedOnly(
        what: String, _ isSupported: @escaping @Sendable (ConfigSetting) -> Bool
    ) -> ConfigValidator {
        ConfigValidator { name, value in
            guard let value, !isSupported(value) else { return nil }
            return .notSupported(name, value: value.described, what: what)
        }
    }
}
