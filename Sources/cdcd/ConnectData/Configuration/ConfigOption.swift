/// The value of a property that a consumer gets: the given one, or the default.
package struct ConfigInput: Sendable {
    /// With its prefix.
    package let name: String
    /// As written in the configuration, untrimmed; else the default.
    package let text: String?
    /// Read by the property's type.
    package let setting: ConfigSetting?
    /// Whether the configuration contains the property.
    package let isGiven: Bool

    /// The trimmed text; nil if it is absent or blank.
    package var trimmed: String? { JavaText.trimmedOrNil(text) }

    package var integer: Int? {
        guard case .integer(let value) = setting else { return nil }
        return Int(clamping: value)
    }
}

/// How a declared property is used. A property that nothing consumes cannot be declared as supported.
package enum ConfigUse<Target>: Sendable {
    package typealias Consumer = @Sendable (ConfigInput, inout Target) throws(ConfigError) -> Void
    package typealias GroupConsumer = @Sendable ([String: String], inout Target) throws(ConfigError) -> Void

    /// Puts the value into the configuration that is being built.
    case consumed(Consumer)
    /// Puts all properties below a prefix, named without it, into the configuration that is being built.
    case consumedGroup(GroupConsumer)
    /// Accepted; it tunes a part that works differently or does not exist here.
    case withoutEffect(reason: String)
    /// Accepted; it concerns only a Java virtual machine.
    case javaOnly
    /// Every value except the default and the supported ones is an error.
    case refused(remedy: String)
}

/// One property, declared together with the code that consumes it.
package struct ConfigOption<Target>: Sendable {
    package var key: ConfigKey
    package let use: ConfigUse<Target>
    /// The values that are supported besides the default; empty: all that `use` allows.
    package let supportedValues: [String]
    /// Set if the option declares all properties with this prefix; nil if it declares the one that the key names.
    package let prefix: String?

    package init(
        _ key: ConfigKey, supported supportedValues: [String] = [], prefix: String? = nil, use: ConfigUse<Target>
    ) {
        self.key = key
        self.use = use
        self.supportedValues = supportedValues
        self.prefix = prefix
    }

    /// Whether a value is among the supported ones; blank text counts as absent.
    package func supports(_ value: String) -> Bool {
        let value = JavaText.trim(value)
        if value.isEmpty || value == key.defaultValue || supportedValues.contains(value) { return true }
        guard key.type != .classReference else { return false }
        let lowercased = value.lowercased()
        return lowercased == key.defaultValue?.lowercased()
            || supportedValues.contains { $0.lowercased() == lowercased }
    }

    var support: ConfigKey.Support {
        switch use {
        case .consumed, .consumedGroup: .full
        case .withoutEffect(let reason): .withoutEffect(reason: reason)
        case .javaOnly: .withoutEffect(reason: "it concerns only a Java virtual machine")
        case .refused(let remedy): .refused(remedy: remedy)
        }
    }

    package var isConsumed: Bool {
        switch use {
        case .consumed, .consumedGroup: true
        case .withoutEffect, .javaOnly, .refused: false
        }
    }
}

// MARK: Declarations

/// The member of a configuration that a property sets.
package typealias ConfigPath<Target, Value> = any WritableKeyPath<Target, Value> & Sendable

extension ConfigOption {
    package init(_ key: ConfigKey, supported: [String] = [], into path: ConfigPath<Target, Bool>) {
        self.init(key, supported: supported, use: .consumed { input, target in
            if case .boolean(let value) = input.setting { target[keyPath: path] = value }
        })
    }

    package init<Number: FixedWidthInteger & SendableMetatype>(
        _ key: ConfigKey, into path: ConfigPath<Target, Number>
    ) {
        self.init(key, use: .consumed { input, target in
            if case .integer(let value) = input.setting { target[keyPath: path] = Number(clamping: value) }
        })
    }

    package init<Number: FixedWidthInteger & SendableMetatype>(
        _ key: ConfigKey, into path: ConfigPath<Target, Number?>
    ) {
        self.init(key, use: .consumed { input, target in
            if case .integer(let value) = input.setting { target[keyPath: path] = Number(clamping: value) }
        })
    }

    package init(_ key: ConfigKey, into path: ConfigPath<Target, String>) {
        self.init(key, use: .consumed { input, target in
            if case .text(let value) = input.setting { target[keyPath: path] = value }
        })
    }

    /// Blank text is nil.
    package init(_ key: ConfigKey, into path: ConfigPath<Target, String?>) {
        self.init(key, use: .consumed { input, target in target[keyPath: path] = input.trimmed })
    }

    package init(_ key: ConfigKey, into path: ConfigPath<Target, [String]>) {
        self.init(key, use: .consumed { input, target in
            if case .list(let items) = input.setting { target[keyPath: path] = items }
        })
    }

    /// One of several values, regardless of case.
    package init<Choice: RawRepresentable & SendableMetatype>(
        _ key: ConfigKey, supported: [String] = [], choice path: ConfigPath<Target, Choice>
    ) where Choice.RawValue == String {
        self.init(key, supported: supported, use: .consumed { input, target in
            guard let value = input.trimmed.flatMap({ Choice(rawValue: $0.lowercased()) }) else { return }
            target[keyPath: path] = value
        })
    }

    package init(
        _ key: ConfigKey, supported: [String] = [],
        consume: @escaping ConfigUse<Target>.Consumer
    ) {
        self.init(key, supported: supported, use: .consumed(consume))
    }

    /// All properties below a prefix, which the key names with `*` at its end.
    package init(group prefix: String, into path: ConfigPath<Target, [String: String]>) {
        self.init(group: prefix) { properties, target in target[keyPath: path] = properties }
    }

    package init(
        group prefix: String, consume: @escaping ConfigUse<Target>.GroupConsumer
    ) {
        self.init(ConfigKey(prefix + "*", .string), prefix: prefix, use: .consumedGroup(consume))
    }
}

// MARK: Parts of a larger configuration

extension ConfigUse {
    fileprivate func within<Outer>(_ path: ConfigPath<Outer, Target>) -> ConfigUse<Outer> {
        switch self {
        case .consumed(let consume):
            .consumed { (input, outer) throws(ConfigError) in try consume(input, &outer[keyPath: path]) }
        case .consumedGroup(let consume):
            .consumedGroup { (properties, outer) throws(ConfigError) in try consume(properties, &outer[keyPath: path]) }
        case .withoutEffect(let reason): .withoutEffect(reason: reason)
        case .javaOnly: .javaOnly
        case .refused(let remedy): .refused(remedy: remedy)
        }
    }
}

extension ConfigOption {
    /// The same property of a configuration that contains this one.
    package func within<Outer>(_ path: ConfigPath<Outer, Target>) -> ConfigOption<Outer> {
        ConfigOption<Outer>(key, supported: supportedValues, prefix: prefix, use: use.within(path))
    }
}
