import WireCore

/// The config providers of a worker, which resolve the variables in its properties and in the configurations of
/// connectors. Safe to use from any thread.
package struct ConfigProviders: Sendable {
    /// `config.providers` and the properties below.
    package struct Settings: Sendable, Equatable {
        package var names: [String] = []
        /// Without the prefix `config.providers.`.
        package var properties: [String: String] = [:]

        package init() {}
    }

    private let providers: [String: any ConfigProvider]

    /// No providers.
    package init() { providers = [:] }

    /// - Throws: if the class of a provider does not exist, or refuses its parameters. A name without a class is none,
    ///   as in Connect.
    package init(_ settings: Settings, plugins: PluginRegistry) throws(ConfigError) {
        var providers: [String: any ConfigProvider] = [:]
        for name in settings.names {
            guard let className = JavaText.trimmedOrNil(settings.properties["\(name).class"]) else { continue }
            let parameters = Dictionary(
                uniqueKeysWithValues: settings.properties.compactMap { property, value in
                    property.dropping(prefix: "\(name).param.").map { ($0, value) }
                })
            let property = "config.providers.\(name).class"
            do throws(ConfigError) {
                providers[name] = try plugins.makeConfigProvider(
                    className, property: property,
                    PluginContext(properties: parameters, connectorConfiguration: [:], plugins: plugins))
            } catch {
                guard error.name != property else { throw error }
                throw ConfigError(
                    name: "config.providers.\(name).param.\(error.name)", value: error.value, message: error.message)
            }
        }
        self.providers = providers
    }

    package var isEmpty: Bool { providers.isEmpty }

    /// A configuration with the values of its variables.
    package struct Resolution: Sendable {
        package let properties: [String: String]
        /// The values, each with the variable that it replaced, and the properties that have more text around them.
        package let values: [(value: String, variable: String)]
    }

    /// Replaces the variables of a configuration. Those of an unknown provider, or without a value, stay as they are;
    /// values are not resolved again.
    ///
    /// - Throws: what a provider throws.
    package func resolve(_ configuration: [String: String]) throws -> Resolution {
        var parsed: [String: (variables: [ConfigVariable], texts: [String])] = [:]
        if !isEmpty {
            for (name, value) in configuration where ConfigVariable.exists(in: value) {
                parsed[name] = ConfigVariable.parts(of: value)
            }
        }
        if parsed.isEmpty { return Resolution(properties: configuration, values: []) }
        let found = try values(of: parsed.values.flatMap(\.variables))
        var properties = configuration
        var shown = found.map { (value: $0.value, variable: $0.key.text) }
        for (name, (variables, texts)) in parsed {
            var text = texts[0]
            for (variable, rest) in zip(variables, texts.dropFirst()) {
                text += (found[variable] ?? variable.text) + rest
            }
            properties[name] = text
            if let raw = configuration[name], raw != text { shown.append((text, raw)) }
        }
        return Resolution(properties: properties, values: shown)
    }

    /// Each path is read once.
    private func values(of variables: [ConfigVariable]) throws -> [ConfigVariable: String] {
        var found: [ConfigVariable: String] = [:]
        for (name, ofProvider) in Dictionary(grouping: variables, by: \.provider).sorted(by: { $0.key < $1.key }) {
            guard let provider = providers[name] else { continue }
            for (path, ofPath) in Dictionary(grouping: ofProvider, by: \.path).sorted(by: { $0.key < $1.key }) {
                let values = try provider.values(path: path, keys: Set(ofPath.map(\.key)))
                for variable in ofPath { found[variable] = values[variable.key] }
            }
        }
        return found
    }
}
