import ConnectData

/// What `Filter` and `ContentBasedRouter` share: the records to which the expression is applied, and its result.
///
/// Java gives the whole record in the message of an error; this one names its topic only, since values may be secret.
final class ScriptedTransform {
    private let options: ScriptingOptions
    private let expression: CompiledExpression

    /// The result of the transform for a record.
    enum Outcome {
        case keep, drop
        case result(ScriptValue)
    }

    init(
        _ configuration: [String: String], expressionKey: ConfigKey, generation: DebeziumGeneration
    ) throws(ConfigError) {
        let profile = ScriptingProfile(generation)
        options = try ScriptingOptions(configuration, expressionKey: expressionKey, profile: profile)
        do throws(ExpressionError) {
            expression = try CompiledExpression(options.expression, language: options.language)
        } catch {
            throw .unparsable(expressionKey.name, options.expression, error)
        }
    }

    /// Whether the expression is applied to records of the topic.
    func applies(to topic: String) throws(DataError) -> Bool {
        try options.topicPattern?.matchesWhole(topic) ?? true
    }

    func apply(_ record: borrowing ConnectRecord) throws -> Outcome {
        guard try applies(to: record.topic) else { return .keep }
        if record.value.isNull {
            switch options.nullHandling {
            case .keep: return .keep
            case .drop: return .drop
            case .evaluate: break
            }
        }
        do throws(ExpressionError) {
            return .result(try expression.evaluate(record))
        } catch {
            throw failure("\(error)", record.topic)
        }
    }

    /// The error of a result that is not of the expected Java class.
    func mismatch(_ value: ScriptValue, expected: String, _ topic: String) -> DataError {
        let text = try? options.language == .groovy ? Groovy.text(value) : JavaScript.text(value)
        return failure("Value '\(text ?? Groovy.className(value))' returned by the expression is not a \(expected)", topic)
    }

    private func failure(_ reason: String, _ topic: String) -> DataError {
        DataError(
            "Error while evaluating expression '\(options.expression)' for a record of topic '\(topic)': \(reason)")
    }

    static func plugin(
        _ className: String, expressionKey: ConfigKey,
        _ make: @escaping @Sendable (ScriptedTransform) -> any Transformation
    ) -> PluginDescriptor {
        PluginDescriptor(
            className, version: { DebeziumGeneration(configuration: $0).version },
            properties: { configuration in
                let profile = ScriptingProfile(DebeziumGeneration(configuration: configuration))
                return PluginProperties(
                    ScriptingOptions.options(expressionKey, profile).definition,
                    dependentErrors: { ScriptingOptions.syntaxErrors(of: expressionKey.name, $0) })
            },
            factory: .transformation { context throws(ConfigError) in
                make(
                    try ScriptedTransform(
                        context.properties, expressionKey: expressionKey,
                        generation: DebeziumGeneration(configuration: context.connectorConfiguration)))
            })
    }
}
