import ConnectData
import ConnectRuntime
import KafkaWire

/// The options by which a command reaches a cluster, and the properties of its clients.
struct ClientArguments {
    static let options: [OptionSpecification] = [
        OptionSpecification(
            long: "brokers", short: "b", valueName: "HOST:PORT,...",
            summary: "the bootstrap servers (default: bootstrap.servers of the properties, or localhost:9092)"),
        OptionSpecification(
            long: "property", short: "X", valueName: "KEY=VALUE", summary: "a property of Kafka's clients; repeatable",
            isRepeatable: true),
        OptionSpecification(
            long: "config", short: "F", valueName: "FILE", summary: "a file with properties of Kafka's clients"),
    ]

    /// Properties by their Kafka names: those of `--config`, then those of `-X`, then `--brokers`.
    let properties: [String: String]

    init(_ invocation: Invocation) throws {
        var properties = try invocation.value(of: "config").map { (path) throws(CommandError) in try PropertiesFile.read(path) } ?? [:]
        for (name, value) in try CommandArguments(invocation).pairs("property") { properties[name] = value }
        if let brokers = invocation.value(of: "brokers") { properties["bootstrap.servers"] = brokers }
        self.properties = properties
    }
}
