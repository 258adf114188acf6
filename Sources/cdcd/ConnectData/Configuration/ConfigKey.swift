/// The type of a property's value (`org.apache.kafka.common.config.ConfigDef.Type`).
package enum ConfigType: String, Sendable {
    case boolean = "BOOLEAN"
    case string = "STRING"
    case int = "INT"
    case short = "SHORT"
    case long = "LONG"
    case double = "DOUBLE"
    case list = "LIST"
    case classReference = "CLASS"
    case password = "PASSWORD"
}

package enum ConfigImportance: String, Sendable { case high = "HIGH", medium = "MEDIUM", low = "LOW" }
package enum ConfigWidth: String, Sendable { case none = "NONE", short = "SHORT", medium = "MEDIUM", long = "LONG" }

/// One property that a plugin understands, in the shape of Connect's validation answer.
package struct ConfigKey: Sendable {
    package var name: String
    package var type: ConfigType
    /// As text; nil if there is none. `isRequired` distinguishes "no default" from "default null".
    package var defaultValue: String?
    package var isRequired: Bool
    package var importance: ConfigImportance
    package var documentation: String
    package var group: String?
    package var orderInGroup: Int
    package var width: ConfigWidth
    package var displayName: String
    package var dependents: [String]
    package var recommendedValues: [String]
    /// Checks the parsed value, given or default.
    package var validator: ConfigValidator?
    package var support = Support.full

    /// Whether a value has an effect, for the documentation.
    package enum Support: Sendable {
        case full
        case withoutEffect(reason: String)
        case refused(remedy: String)
    }

    package init(
        _ name: String, _ type: ConfigType, defaultValue: String? = nil, isRequired: Bool = false,
        importance: ConfigImportance = .medium, documentation: String = "", group: String? = nil,
        orderInGroup: Int = -1, width: ConfigWidth = .none, displayName: String? = nil, dependents: [String] = [],
        recommendedValues: [String] = [], validator: ConfigValidator? = nil
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.isRequired = isRequired
        self.importance = importance
        self.documentation = documentation
        self.group = group
        self.orderInGroup = orderInGroup
        self.width = width
        self.displayName = displayName ?? name
        self.dependents = dependents
        self.recommendedValues = recommendedValues
        self.validator = validator
    }
}

/// The outcome for one property: its definition (nil if the plugin does not define it), value and errors.
package struct ConfigValue: Sendable {
    package var name: String
    package var key: ConfigKey?
    package var value: String?
    package var errors: [String]
    package var isVisible: Bool

    package init(name: String, key: ConfigKey?, value: String?, errors: [String] = [], isVisible: Bool = true) {
        self.name = name
        self.key = key
        self.value = value
        self.errors = errors
        self.isVisible = isVisible
    }
}

/// The outcome of validating a whole configuration, in the order of the response.
package struct ConfigValidation: Sendable {
    package var values: [ConfigValue]
    /// Written to the log, for example about an option that has no effect.
    package var warnings: [String]

    package init(values: [ConfigValue], warnings: [String] = []) {
        self.values = values
        self.warnings = warnings
    }

    package var errorCount: Int { values.reduce(0) { $0 + $1.errors.count } }
}
