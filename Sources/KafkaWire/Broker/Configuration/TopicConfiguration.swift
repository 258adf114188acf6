import KafkaProtocol

/// The settings that were given to a topic, in the order in which they came.
///
/// The broker honours `cleanup.policy` (`compact` demands keys and compacts when the log is opened),
/// `max.message.bytes` and `message.timestamp.type`. It keeps and shows the others: nothing is ever deleted for its age
/// or size, nothing is recompressed, and there is one replica.
package struct TopicConfiguration: Equatable, Sendable {
    private(set) var values: [(name: String, value: String)] = []

    package init() {}

    package static func == (a: Self, b: Self) -> Bool { a.values.elementsEqual(b.values, by: ==) }

    /// What is set explicitly; nil if the default holds.
    package subscript(name: String) -> String? {
        get { values.first { $0.name == name }?.value }
        set {
            values.removeAll { $0.name == name }
            if let newValue { values.append((name, newValue)) }
        }
    }

    /// The value that holds.
    func effective(_ name: String) -> String { self[name] ?? TopicSetting.named(name)?.defaultValue ?? "" }

    var isCompacted: Bool { TopicSetting.entries(of: effective("cleanup.policy")).contains("compact") }
    var messageBytesMax: Int { Int(effective("max.message.bytes")) ?? 1_048_588 }
    var stampsAppendTime: Bool { effective("message.timestamp.type") == "LogAppendTime" }

    /// Settings that a user may count on and that have no effect here.
    var ineffectiveNames: [String] {
        let watched = ["retention.ms", "retention.bytes", "compression.type", "min.insync.replicas"]
        return watched.filter { name in self[name] != nil && self[name] != TopicSetting.named(name)?.defaultValue }
    }
}
