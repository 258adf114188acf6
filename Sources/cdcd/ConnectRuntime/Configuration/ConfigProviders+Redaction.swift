import ConnectData
import WireCore

extension ConfigProviders {
    /// The configuration with the values of its variables. From now on logs and errors show the variables in place of
    /// these values.
    ///
    /// - Throws: what a provider throws.
    func resolved(_ configuration: [String: String]) throws -> [String: String] {
        let resolution = try resolve(configuration)
        LogSystem.shared.redact(
            resolution.values.flatMap { value, variable -> [(value: String, substitute: String)] in
                // The name of a class is no secret, and is in messages that do not concern this connector.
                if value == resolution.properties["connector.class"] { return [] }
                return SecretForms.forms(of: value).map { (value: $0, substitute: variable) }
            })
        return resolution.properties
    }
}

extension ConnectorConfig {
    /// The names of the properties that have variables.
    var namesWithVariables: [String] { names.filter { ConfigVariable.exists(in: self[$0] ?? "") } }

    /// The configuration of a task with the variables of its connector's in place of their values, as it is stored
    /// (`AbstractHerder.reverseTransform` in Java).
    func restoringVariables(of connector: ConnectorConfig) -> ConnectorConfig {
        var restored = self
        for name in connector.namesWithVariables where self[name] != nil { restored[name] = connector[name] }
        return restored
    }
}
