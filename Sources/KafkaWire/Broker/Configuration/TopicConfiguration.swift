import KafkaProtocol

/// The settings that are set explicitly for a topic, in the order in which they were set.
///
/// The broker applies `cleanup.policy` (`compact` requires keys and compacts when the log is opened),
/// `max.message.bytes` and `message.timestamp.type`. The others are stored and returned without effect: no record is
/// deleted because of its age or the log's size, none is recompressed, and there is one replica.
package struct TopicConfiguration: Equatable, Sendable {
    private(set) var values: [(name: String, value: String)] = []

    package init() {}

    package static func == (a: Self, b: Self) -> Bool { a.values.elementsEqual(b.values, by: ==) }

    /// The explicit value, or nil if the default applies.
    package subscript(name: String) -> String? {
        get { values.first { $0.name == name }?.value }
        set {
            values.removeAll { $0.name == name }
            if let newValue { values.append((name, newValue)) }
        }
    }

    /// The explicit value or the default.
    func effective(_ name: String) -> String { self[name] ?? TopicSetting.named(name)?.defaultValue ?? "" }

    var isCompacted: Bool { TopicSetting.entries(of: effective("cleanup.policy")).contains("compact") }
    var messageBytesMax: Int { Int(effective("max.message.bytes")) ?? 1_048_588 }
    var stampsAppendTime: Bool { effective("message.timestamp.type") == "LogAppendTime" }

    /// Explicit settings that users may rely on and that have no effect here.
    var ineffectiveNames: [String] {
        let watched = ["retention.ms", "retention.bytes", "compression.type", "min.insync.replicas"]
        return watched.filter { name in self[name] != nil && self[name] != TopicSetting.named(name)?.defaultValue }
    }
}
