import ConnectData

/// The checks of Debezium's `io.debezium.config.Field`, with its messages in those of a `ConfigException`.
extension ConfigValidator {
    /// - Parameter problem: with a value, or nil if it is valid.
    static func field(_ problem: @escaping @Sendable (ConfigSetting?) -> String?) -> ConfigValidator {
        ConfigValidator { name, value in
            problem(value).map { fieldError(name, value?.shown, $0) }
        }
    }

    static func fieldError(_ name: String, _ value: String?, _ problem: String) -> ConfigError {
        ConfigError(name: name, value: value, reason: "The '\(name)' value is invalid: \(problem)")
    }

    static let fieldIsRequired = field { value in
        value.map { $0.shown.isEmpty } ?? true ? "A value is required" : nil
    }

    /// An absent value is valid.
    static let fieldIsRegularExpression = field { value in
        guard case .text(let text) = value else { return nil }
        do throws(JavaPattern.SyntaxError) {
            _ = try JavaPattern(text)
            return nil
        } catch {
            return "A valid regular expressions is expected, but \(error.description)"
        }
    }

    /// An absent value is valid.
    static let fieldIsListOfRegularExpressions = field { value in
        guard case .list(let items) = value else { return nil }
        for item in items {
            do throws(JavaPattern.SyntaxError) {
                _ = try JavaPattern(item)
            } catch {
                return "A comma-separated list of valid regular expressions is expected, but \(error.description)"
            }
        }
        return nil
    }

    static let fieldIsPositive = field { value in
        if case .integer(let number) = value, number <= 0 { "A positive, non-zero integer value is expected" } else { nil }
    }

    static let fieldHasNoEmptyElements = field { value in
        guard case .list(let items) = value, DebeziumList.items(items).contains("") else { return nil }
        return "Empty string element(s) not permitted"
    }

    static let fieldHasNoSpaces = field { value in
        guard case .list(let items) = value, items.contains(where: { $0.contains(" ") }) else { return nil }
        return "Element(s) containing space not permitted"
    }

    /// One of several values, regardless of case. An absent value is valid only if the property has a default.
    ///
    /// - Parameter choices: in the order of Debezium's message.
    static func fieldIsOneOf(_ choices: [String]) -> ConfigValidator {
        field { value in
            if case .text(let text) = value, choices.contains(text.lowercased()) { return nil }
            return "Value must be one of \(choices.joined(separator: ", "))"
        }
    }
}
