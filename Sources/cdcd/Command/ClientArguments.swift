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
            long: "property", short: "X", valueName: "KEY=VALUE",
            summary: "a property of Kafka's clients, also by librdkafka's name; repeatable", isRepeatable: true),
        OptionSpecification(
            long: "config", short: "F", valueName: "FILE", summary: "a file with properties of Kafka's clients"),
    ]

    /// By their Kafka names: those of `--config`, then those of `-X`, then `--brokers`.
    private var properties: [String: String]
    /// The properties that only the file has: it may serve several commands.
    private let namesOfFile: Set<String>

    init(_ invocation: Invocation) throws {
        var translation = LibrdkafkaProperties()
        var names: Set<String> = []
        do {
            if let path = invocation.value(of: "config") {
                let file = try PropertiesFile.read(path).sorted { $0.key < $1.key }
                names = try translation.add(file.map { ($0.key, $0.value) })
            }
            names.subtract(try translation.add(try CommandArguments(invocation).pairs("property")))
            properties = try translation.kafkaProperties()
        } catch let error as LibrdkafkaProperties.NameError {
            throw UsageError(message: error.description, command: invocation.command.name)
        }
        namesOfFile = names
        ignoreUnknownNames(of: invocation.value(of: "config") ?? "")
        if let brokers = invocation.value(of: "brokers") { properties["bootstrap.servers"] = brokers }
    }

    private static func isKnown(_ name: String, _ role: KafkaClientProperties.Role) -> Bool {
        KafkaClientProperties.of(role).options[name] != nil
    }

    /// A file may have properties of other programs, a schema registry's for example: as in Kafka's clients they are
    /// ignored, with a warning.
    private mutating func ignoreUnknownNames(of path: String) {
        let roles = KafkaClientProperties.Role.allCases
        for name in namesOfFile.sorted() where !roles.contains(where: { Self.isKnown(name, $0) }) {
            guard properties.removeValue(forKey: name) != nil else { continue }
            let known = roles.flatMap { KafkaClientProperties.of($0).options.options.map(\.key.name) }
            let hint = NearestWord.of(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            StandardError.print("cdcd: \(path): Kafka's clients have no property `\(name)`, it is ignored\(hint)")
        }
    }

    subscript(name: String) -> String? {
        get { properties[name] }
        set { properties[name] = newValue }
    }

    /// Without those of the file that only other kinds of clients have.
    func properties(of role: KafkaClientProperties.Role) -> [String: String] {
        let others = KafkaClientProperties.Role.allCases
        return properties.filter { name, _ in
            !namesOfFile.contains(name) || Self.isKnown(name, role) || !others.contains { Self.isKnown(name, $0) }
        }
    }
}
