import WireCore

/// The properties that build a configuration of type `Target`: exactly the declared ones are consumed.
package struct ConfigOptions<Target>: Sendable {
    /// In the order of declaration.
    package let options: [ConfigOption<Target>]
    private let indexes: [String: Int]

    /// The problems of a configuration, and its properties without effect.
    package struct Findings: Sendable {
        package struct Ineffective: Sendable {
            package let name: String
            package let reason: String
        }

        package var errors: [ConfigError] = []
        /// Given properties that are accepted and have no effect, sorted by name.
        package var withoutEffect: [Ineffective] = []
        package var javaOnly: [String] = []

        package init() {}
    }

    /// - Precondition: no name is declared twice.
    package init(_ options: [ConfigOption<Target>]) {
        self.options = options
        var indexes: [String: Int] = [:]
        for (index, option) in options.enumerated() where option.prefix == nil {
            precondition(indexes.updateValue(index, forKey: option.key.name) == nil, "\(option.key.name) is declared twice")
        }
        self.indexes = indexes
    }

    /// The keys for validation answers.
    package var definition: ConfigDefinition {
        ConfigDefinition(
            options.map { option in
                var key = option.key
                key.support = option.support
                return key
            })
    }

    /// The declaration of a property, by its name or the first prefix that it begins with.
    package subscript(name: String) -> ConfigOption<Target>? {
        if let index = indexes[name] { return options[index] }
        return options.first { option in
            option.prefix.map { name.utf8.count > $0.utf8.count && name.hasExactPrefix($0) } ?? false
        }
    }

    /// Reads, checks and consumes every declared property.
    ///
    /// - Parameters:
    ///   - prefix: put before every declared name.
    ///   - appliesDefaults: false to consume only properties that are given, over what `target` holds.
    /// - Returns: the errors in the order of declaration; `target` is usable only if there are none.
    package func read(
        _ configuration: [String: String], prefix: String = "", into target: inout Target,
        conventions: ConfigConventions = .kafka, appliesDefaults: Bool = true
    ) -> Findings {
        visit(configuration, prefix, conventions, appliesDefaults: appliesDefaults) { value throws(ConfigError) in
            switch value {
            case .single(let consume, let input): try consume(input, &target)
            case .group(let consume, let properties): try consume(properties, &target)
            }
        }
    }

    /// Reads and checks every declared property as `read` does, without consuming it.
    package func check(
        _ configuration: [String: String], prefix: String = "", conventions: ConfigConventions = .kafka
    ) -> Findings {
        visit(configuration, prefix, conventions, appliesDefaults: true) { _ in }
    }

    /// A value with the code that consumes it.
    private enum Consumption {
        case single(ConfigUse<Target>.Consumer, ConfigInput)
        case group(ConfigUse<Target>.GroupConsumer, [String: String])
    }

    private func visit(
        _ configuration: [String: String], _ prefix: String, _ conventions: ConfigConventions, appliesDefaults: Bool,
        _ body: (Consumption) throws(ConfigError) -> Void
    ) -> Findings {
        var findings = Findings()
        var groups: [String: [String: String]] = [:]
        for name in configuration.keys.sorted() {
            guard let suffix = name.dropping(prefix: prefix), let option = self[suffix] else { continue }
            guard let group = option.prefix else { continue }
            groups[group, default: [:]][suffix.dropping(prefix: group) ?? suffix] = configuration[name]
            Self.review(option, name, configuration[name] ?? "", conventions, &findings)
        }
        for option in options {
            if let group = option.prefix {
                guard case .consumedGroup(let consume) = option.use, let properties = groups[group] else { continue }
                do throws(ConfigError) { try body(.group(consume, properties)) } catch { findings.errors.append(error) }
                continue
            }
            let name = prefix + option.key.name
            if !appliesDefaults, conventions.isAbsent(configuration[name], of: option.key) { continue }
            let (input, errors) = conventions.read(option.key, name: name, in: configuration)
            findings.errors += errors
            guard errors.isEmpty else { continue }
            if let value = configuration[name], !Self.review(option, name, value, conventions, &findings) { continue }
            guard case .consumed(let consume) = option.use else { continue }
            do throws(ConfigError) { try body(.single(consume, input)) } catch { findings.errors.append(error) }
        }
        findings.withoutEffect.sort { $0.name < $1.name }
        findings.javaOnly.sort()
        return findings
    }

    /// Reads a configuration into `target`.
    ///
    /// - Throws: the first error, in the order of declaration.
    package func parse(
        _ configuration: [String: String], into target: Target, conventions: ConfigConventions = .kafka
    ) throws(ConfigError) -> Target {
        var target = target
        if let error = read(configuration, into: &target, conventions: conventions).errors.first { throw error }
        return target
    }

    /// Reviews a given value; false if it is not supported.
    @discardableResult
    private static func review(
        _ option: ConfigOption<Target>, _ name: String, _ value: String, _ conventions: ConfigConventions,
        _ findings: inout Findings
    ) -> Bool {
        var remedy = ""
        switch option.use {
        case .consumedGroup: return true
        case .consumed:
            if option.supportedValues.isEmpty { return true }
        case .withoutEffect(let reason):
            if option.key.defaultValue == nil || !option.supports(value) {
                findings.withoutEffect.append(.init(name: name, reason: reason))
            }
            return true
        case .javaOnly:
            findings.javaOnly.append(name)
            return true
        case .refused(let text): remedy = text
        }
        if option.supports(value) { return true }
        findings.errors.append(conventions.unsupported(option.key, name, value, option.supportedValues, remedy))
        return false
    }
}
