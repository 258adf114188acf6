import ConnectData

/// The settings of `Filter` and `ContentBasedRouter` (`io.debezium.transforms.ScriptingTransformation`).
struct ScriptingOptions: Sendable {
    /// The handling of records with a null value.
    enum NullHandling: String, Sendable {
        case drop, keep, evaluate
    }

    private(set) var topicPattern: JavaPattern?
    private(set) var language = ExpressionLanguage.groovy
    private(set) var expression = ""
    private(set) var nullHandling = NullHandling.keep

    /// - Parameter expressionKey: the option of the expression, which differs between the transforms.
    init(
        _ configuration: [String: String], expressionKey: ConfigKey, profile: ScriptingProfile
    ) throws(ConfigError) {
        self = try Self.options(expressionKey, profile).parse(configuration, into: ScriptingOptions())
    }

    private init() {}

    /// The properties in Debezium's order.
    static func options(_ expressionKey: ConfigKey, _ profile: ScriptingProfile) -> ConfigOptions<ScriptingOptions> {
        ConfigOptions([
            topicRegex, language(profile), ConfigOption(expressionKey, into: \.expression), nullHandlingMode,
        ])
    }

    /// Debezium defines no property as required; it refuses a missing one when the transform is configured.
    static let isPresent = ConfigValidator { name, value in
        if case .text(let text) = value, !JavaText.trim(text).isEmpty { return nil }
        return ConfigError(name: name, value: value?.described, reason: "A value is required")
    }

    private static let topicRegex = ConfigOption<ScriptingOptions>(
        ConfigKey(
            "topic.regex", .string, importance: .low,
            documentation: "The transform is applied to records whose whole topic name matches this regular expression.",
            orderInGroup: 1, width: .long, displayName: "Topic regex",
            validator: ConfigValidator { name, value in
                value == nil ? nil : ConfigValidator.regularExpression.check(name: name, value: value)
            })
    ) { input, options throws(ConfigError) in
        guard let text = input.text, !text.isEmpty else { return }
        do throws(JavaPattern.SyntaxError) {
            options.topicPattern = try JavaPattern(text)
        } catch {
            throw ConfigError(name: input.name, value: text, reason: "Invalid regex: \(error.description)")
        }
    }

    private static func language(_ profile: ScriptingProfile) -> ConfigOption<ScriptingOptions> {
        ConfigOption(
            ConfigKey(
                "language", .string, importance: .high,
                documentation: "The language of the expression: 'jsr223.groovy' or 'jsr223.graal.js'.",
                orderInGroup: 1, width: .medium, displayName: "Expression language",
                validator: .all(isPresent, isSupported(profile)))
        ) { input, options throws(ConfigError) in
            // Others have been refused.
            if let language = supported(input.text ?? "") { options.language = language }
        }
    }

    /// Debezium refuses a language when the transform is configured, too.
    private static func isSupported(_ profile: ScriptingProfile) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .text(let text) = value, supported(text) == nil else { return nil }
            return ConfigError(name: name, value: text, message: refusal(text, profile))
        }
    }

    private static func supported(_ language: String) -> ExpressionLanguage? {
        switch language {
        case "jsr223.groovy", "jsr223.Groovy": .groovy
        case "jsr223.graal.js": .javaScript
        default: nil
        }
    }

    /// The error of an expression in its language, if both are given.
    static func syntaxErrors(of expressionName: String, _ configuration: [String: String]) -> [ConfigError] {
        guard let language = configuration["language"].flatMap({ supported(JavaText.trim($0)) }),
            let source = configuration[expressionName]
        else { return [] }
        do throws(ExpressionError) {
            _ = try CompiledExpression(JavaText.trim(source), language: language)
            return []
        } catch {
            return [.unparsable(expressionName, JavaText.trim(source), error)]
        }
    }

    /// Why a language is refused.
    private static func refusal(_ language: String, _ profile: ScriptingProfile) -> String {
        let supported = "use 'jsr223.groovy' or 'jsr223.graal.js'"
        if language.hasPrefix("wasm."), profile.hasWebAssembly {
            return "Language '\(language)' is not supported: WebAssembly modules cannot be run; \(supported)"
        }
        guard language.hasPrefix("jsr223.") else {
            return profile.hasWebAssembly
                ? "Value for option 'language' must begin with 'jsr223.' or 'wasm', e.g. 'jsr223.groovy'"
                : "Value for option 'language' must begin with 'jsr223.', e.g. 'jsr223.groovy'"
        }
        let engine = language.dropFirst("jsr223.".count)
        return "Implementation of language '\(engine)' not found on the classpath; \(supported)"
    }

    private static let nullHandlingMode = ConfigOption<ScriptingOptions>(
        ConfigKey(
            "null.handling.mode", .string, defaultValue: "keep", importance: .low,
            documentation: "How records with a null value are handled: 'keep' (default) passes them on, 'drop' removes "
                + "them, 'evaluate' evaluates the expression for them.",
            orderInGroup: 1, width: .short, displayName: "Handle null records",
            validator: ConfigValidator { name, value in
                let choices = ["drop", "keep", "evaluate"]
                if case .text(let text) = value, choices.contains(text.lowercased()) { return nil }
                let reason = "Value must be one of \(choices.joined(separator: ", "))"
                return ConfigError(name: name, value: value?.described, reason: reason)
            }),
        choice: \.nullHandling)
}

extension ConfigError {
    /// An expression that is not well-formed or uses what is not supported.
    static func unparsable(_ name: String, _ source: String, _ error: ExpressionError) -> ConfigError {
        ConfigError(name: name, value: source, message: "Failed to parse expression '\(source)': \(error)")
    }
}
