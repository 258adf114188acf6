import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// How the topics that a connector writes to are created (`topic.creation.*`, KIP-158). Without such properties the
/// brokers create them with their own defaults.
struct TopicCreation {
    private struct Group {
        var includes: JavaPattern?
        var excludes: JavaPattern?
        var partitions: Int32
        var replicationFactor: Int16
        var configuration: [(name: String, value: String)]
    }

    private static let prefix = "topic.creation."
    private static let structural: Set = ["include", "exclude", "partitions", "replication.factor"]
    /// In order of precedence; the last one, `default`, matches every topic.
    private let groups: [Group]

    /// Returns nil if the connector has no such property. Throws for invalid values.
    init?(_ properties: [String: String]) throws(ConfigError) {
        guard properties.keys.contains(where: { $0.hasExactPrefix(Self.prefix) }) else { return nil }
        let fallback = try Self.group("default", properties, inheriting: nil)
        var groups: [Group] = []
        for alias in (properties[Self.prefix + "groups"] ?? "").split(separator: ",") {
            groups.append(try Self.group(JavaText.trim(alias), properties, inheriting: fallback))
        }
        self.groups = groups + [fallback]
    }

    private static func group(
        _ alias: String, _ properties: [String: String], inheriting parent: Group?
    ) throws(ConfigError) -> Group {
        let base = "\(prefix)\(alias)."
        func number(_ suffix: String, _ inherited: Int?) throws(ConfigError) -> Int {
            let name = base + suffix
            guard let text = properties[name].map({ JavaText.trim($0) }) else {
                if let inherited { return inherited }
                throw ConfigError(
                    name: name, message: "Missing required configuration \"\(name)\" which has no default value.")
            }
            guard let value = Int(text), value == -1 || (1...Int(Int16.max)).contains(value) else {
                throw ConfigError(name: name, value: text, reason: "Value must be -1 for the broker's default, or 1 and more")
            }
            return value
        }
        func pattern(_ suffix: String) throws(ConfigError) -> JavaPattern? {
            guard let text = JavaText.trimmedOrNil(properties[base + suffix]) else { return nil }
            let whole = text.split(separator: ",").map { JavaText.trim($0) }.joined(separator: "|")
            do throws(JavaPattern.SyntaxError) { return try JavaPattern(whole) } catch {
                throw ConfigError(name: base + suffix, value: text, reason: "\(error)")
            }
        }
        let configuration = properties
            .compactMap { property in property.key.dropping(prefix: base).map { (name: $0, value: property.value) } }
            .filter { !structural.contains($0.name) }.sorted { $0.name < $1.name }
        return Group(
            includes: parent == nil ? nil : try pattern("include"), excludes: parent == nil ? nil : try pattern("exclude"),
            partitions: Int32(clamping: try number("partitions", parent.map { Int($0.partitions) })),
            replicationFactor: Int16(clamping: try number("replication.factor", parent.map { Int($0.replicationFactor) })),
            configuration: configuration)
    }

    /// The topic to create, by the first group that includes the name and does not exclude it.
    func newTopic(_ name: String) -> NewTopic {
        let group = groups.dropLast().first { group in
            group.includes?.matchesWhole(name) == true && group.excludes?.matchesWhole(name) != true
        } ?? groups[groups.count - 1]
        return NewTopic(
            name: name, partitions: group.partitions, replicationFactor: group.replicationFactor,
            configuration: group.configuration)
    }
}
