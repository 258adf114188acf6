import ConnectData
import DebeziumPlugins
import WireStreams

/// A check that concerns several options, or the exact text of one.
struct ConnectorRule: Sendable {
    struct Problem: Equatable {
        /// The property that the problem is attributed to.
        let name: String
        let text: String
    }

    /// The texts of the options that a rule reads.
    struct Values {
        fileprivate let names: [String]
        fileprivate let configuration: [String: String]
        fileprivate let options: ConfigOptions<MySQLConnectorConfig>

        /// The given text, untrimmed; else the default.
        ///
        /// - Precondition: the rule declares that it reads the option.
        subscript(name: String) -> String? {
            precondition(names.contains(name), "\(name) is read by a rule that does not declare it")
            return configuration[name] ?? options[name]?.key.defaultValue
        }
    }

    /// The options that the rule reads.
    let names: [String]
    private let check: @Sendable (Values) -> [Problem]

    func problems(
        _ configuration: [String: String], _ options: ConfigOptions<MySQLConnectorConfig>
    ) -> [Problem] {
        check(Values(names: names, configuration: configuration, options: options))
    }

    /// In the order in which problems of one property have precedence.
    static func all(_ profile: DebeziumProfile) -> [ConnectorRule] {
        ["table", "database", "column"].map { exclusiveLists($0, profile) }
            + [exclusiveSources(profile), logicalName(profile), messageKeys(profile), queueSize]
            + ["truststore", "keystore"].map(store)
    }

    private static func exclusiveLists(_ kind: String, _ profile: DebeziumProfile) -> ConnectorRule {
        let (including, excluding) = profile.listNames(kind)
        return ConnectorRule(names: including + excluding) { values in
            guard including.contains(where: { values[$0] != nil }), excluding.contains(where: { values[$0] != nil })
            else { return [] }
            return profile.refusedLists(kind).map { refused, named in
                Problem(name: refused, text: "\"\(named)\" is already specified")
            }
        }
    }

    private static func exclusiveSources(_ profile: DebeziumProfile) -> ConnectorRule {
        let (included, excluded) = ("gtid.source.includes", "gtid.source.excludes")
        return ConnectorRule(names: [included, excluded]) { values in
            guard values[included] != nil, values[excluded] != nil else { return [] }
            return [Problem(name: excluded, text: profile.exclusiveSourcesProblem)]
        }
    }

    private static func logicalName(_ profile: DebeziumProfile) -> ConnectorRule {
        let property = profile.logicalNameProperty
        let topic = profile.distinctTopicProperty
        return ConnectorRule(names: [property] + (topic.map { [$0] } ?? [])) { values in
            guard let name = values[property], !name.isEmpty else { return [] }
            guard name.utf8.allSatisfy(isNameCharacter) else {
                let text = "\(name) has invalid format (only the underscore, hyphen, dot and alphanumeric characters "
                    + "are allowed)"
                return [Problem(name: property, text: text)]
            }
            guard let topic, name == values[topic] else { return [] }
            return [Problem(name: property, text: "Must not have the same value as \(topic)")]
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// Debezium's message quotes the text with its white space, which validators do not get.
    private static func messageKeys(_ profile: DebeziumProfile) -> ConnectorRule {
        let name = "message.key.columns"
        return ConnectorRule(names: [name]) { values in
            (values[name] ?? "").split(separator: ";").filter { !MessageKeys.isWellFormed($0) }.map { part in
                Problem(name: name, text: "\(part) has an invalid format (expecting '\(profile.messageKeyFormat)')")
            }
        }
    }

    private static let queueSize = ConnectorRule(names: ["max.batch.size", "max.queue.size"]) { values in
        let batch = values["max.batch.size"].flatMap { Int(JavaText.trim($0)) } ?? 0
        let queue = values["max.queue.size"].flatMap { Int(JavaText.trim($0)) } ?? .max
        if queue > batch { return [] }
        return [Problem(name: "max.queue.size", text: "Must be larger than the maximum batch size")]
    }

    private static func store(_ kind: String) -> ConnectorRule {
        let name = "database.ssl.\(kind)"
        return ConnectorRule(names: [name]) { values in
            guard let path = JavaText.trimmedOrNil(values[name]) else { return [] }
            do throws(ConfigError) {
                _ = try TLSConfiguration.Store.detecting(path: path, property: name)
                return []
            } catch {
                return [Problem(name: name, text: error.message)]
            }
        }
    }
}
