import ConnectData
import DebeziumPlugins

/// One property of the connector, as plain data: what both generations of Debezium say of it, and what happens to it
/// here.
package struct ConnectorOption: Sendable {
    package enum Support: String, Sendable {
        /// Does what it says.
        case supported
        /// Read, checked and shown, but without effect: it tunes Java's way of doing what is done differently here.
        case tuning
        /// Any other value than the default is refused by name.
        case notYet
    }

    package enum Check: Sendable { case none, required, positive, notNegative, expressions }

    /// What a generation says of the property.
    package struct Presence: Sendable {
        /// Its place in its group; 0 where the plugin does not list it, but reads it all the same.
        package let order: Int
        package let defaultValue: String?
        /// The values there are, in the order in which messages name them; empty for any value.
        package let choices: [String]
        package let isVisible: Bool
        /// Where it is another than the option's.
        package let type: ConfigType?
        package let dependents: [String]

        init(
            order: Int, default defaultValue: String? = nil, choices: [String] = [], isVisible: Bool = true,
            type: ConfigType? = nil, dependents: [String] = []
        ) {
            self.order = order
            self.defaultValue = defaultValue
            self.choices = choices
            self.isVisible = isVisible
            self.type = type
            self.dependents = dependents
        }
    }

    package let name: String
    package let type: ConfigType
    package let importance: ConfigImportance
    package let displayName: String
    package let width: ConfigWidth
    package let check: Check
    /// Nil if the generation does not have the property.
    package let v19: Presence?
    package let v36: Presence?
    package let support: Support
    /// Of those that are supported in part: the values that are, beside the default.
    package let supportedValues: [String]
    package let documentation: String

    init(
        _ name: String, _ type: ConfigType, _ importance: ConfigImportance, _ displayName: String,
        width: ConfigWidth = .none, check: Check = .none, v19: Presence? = nil, v36: Presence? = nil, support: Support,
        supported supportedValues: [String] = [], _ documentation: String
    ) {
        self.name = name
        self.type = type
        self.importance = importance
        self.displayName = displayName
        self.width = width
        self.check = check
        self.v19 = v19
        self.v36 = v36
        self.support = support
        self.supportedValues = supportedValues
        self.documentation = documentation
    }

    /// Nil if the generation does not have the property.
    package func presence(_ profile: DebeziumProfile) -> Presence? { profile.generation == .v19 ? v19 : v36 }

    /// Whether the name stands for many: `column.mask.with.(d+).chars`.
    var isPattern: Bool { name.contains("(") }
}
