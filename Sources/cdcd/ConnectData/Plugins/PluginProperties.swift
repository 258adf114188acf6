/// The properties of a plugin, without their prefix.
package struct PluginProperties: Sendable {
    /// What a property of another version means here.
    package struct Refused: Sendable {
        package let name: String
        /// Ends the error message.
        package let reason: String

        package init(_ name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// The properties that the plugin shows.
    package let definition: ConfigDefinition
    /// Properties that the plugin reads without showing them; they appear in an answer only if they have an error.
    package let hidden: ConfigDefinition
    /// Properties that exist in another version only.
    package let refused: [Refused]

    package init(
        _ definition: ConfigDefinition, hidden: ConfigDefinition = ConfigDefinition([]), refused: [Refused] = []
    ) {
        self.definition = definition
        self.hidden = hidden
        self.refused = refused
    }
}
