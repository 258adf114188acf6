import WireCore

/// Replaces names of topics that match a pattern as a whole, as `org.apache.kafka.connect.transforms.RegexRouter` does.
/// Each name is matched once.
package struct TopicReplacement {
    private let pattern: JavaPattern
    private let replacement: String
    /// Topics that depend on row values are not limited in number.
    private var targets = BoundedCache<ExactName, String>(countMax: 10_000)
    private var last: (topic: String, target: String)?

    /// - Parameter replacement: with `$1`, `${name}`, and `\` before a literal character.
    package init(_ pattern: JavaPattern, replacement: String) {
        self.pattern = pattern
        self.replacement = replacement
    }

    /// The new name of a topic.
    ///
    /// - Throws: `DataError` if the replacement refers to a group that the pattern does not have.
    package mutating func target(of topic: String) throws(DataError) -> String {
        if let last, last.topic.isExactly(topic) { return last.target }
        let target = try targets.value(for: ExactName(topic)) { () throws(DataError) in
            try pattern.matchesWhole(topic) ? try pattern.replaceFirst(in: topic, with: replacement) ?? topic : topic
        }
        last = (topic, target)
        return target
    }
}
