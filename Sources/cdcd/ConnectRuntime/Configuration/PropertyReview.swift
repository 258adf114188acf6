import ConnectData
import Foundation
import WireCore

/// Goes through all names once: refuses what is not built, collects what has no effect or is unknown.
struct PropertyReview {
    private(set) var warnings: [String] = []
    private(set) var notes: [String] = []
    /// By `config`, `offset`, `status`: what is passed on when the topic is created, ordered by name.
    private(set) var topicSettings: [String: [(name: String, value: String)]] = [:]
    private var withoutEffect: [String] = []
    private var javaOnly: [String] = []

    init(_ properties: [String: String], problems reader: inout PropertyReader) {
        for name in properties.keys.sorted() {
            let value = properties[name] ?? ""
            if passesToTopic(name, value) { continue }
            guard let rule = Self.rule(for: name) else {
                warnings.append(
                    "The property \(name) is not known to Kafka Connect and has no effect. Is it misspelt?")
                continue
            }
            switch rule {
            case .honoured: break
            case .withoutEffect: withoutEffect.append(name)
            case .javaOnly: javaOnly.append(name)
            case .only(let values, let remedy):
                let text = JavaText.trim(value)
                guard !text.isEmpty, !values.contains(where: { $0.caseInsensitiveCompare(text) == .orderedSame }) else {
                    continue
                }
                reader.refuse(name, remedy)
            }
        }
        if !withoutEffect.isEmpty {
            notes.append("Accepted, but without effect in this worker: \(withoutEffect.joined(separator: ", "))")
        }
        if !javaOnly.isEmpty {
            notes.append("Accepted, but of use to a Java worker only: \(javaOnly.joined(separator: ", "))")
        }
    }

    private static func rule(for name: String) -> WorkerPropertyRule? {
        for prefix in ["producer.", "consumer.", "admin."] {
            guard let rest = name.dropping(prefix: prefix), !name.hasExactPrefix("admin.listeners") else { continue }
            switch prefix {
            case "producer.": return WorkerPropertyCatalog.producerRule(for: rest)
            // Consumers serve sink connectors, which do not run here; the rules for all clients still hold.
            case "consumer.": return WorkerPropertyCatalog.clientRule(for: rest) ?? .withoutEffect
            default: return WorkerPropertyCatalog.clientRule(for: rest)
            }
        }
        return WorkerPropertyCatalog.rule(for: name)
    }

    /// `config.storage.retention.ms` and the like are topic settings; two of them belong to Connect alone.
    private mutating func passesToTopic(_ name: String, _ value: String) -> Bool {
        for store in ["config", "offset", "status"] {
            let prefix = "\(store).storage."
            guard let setting = name.dropping(prefix: prefix) else { continue }
            switch setting {
            case "topic", "replication.factor", "file.filename": return false
            case "partitions":
                guard store == "config" else { return false }
                warnings.append("\(name) is ignored: the topic for configurations always has one partition")
            case "cleanup.policy":
                warnings.append("\(name) is ignored: the topic is always compacted")
            default: topicSettings[store, default: []].append((name: setting, value: value))
            }
            return true
        }
        return false
    }
}
