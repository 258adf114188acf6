import WireCore

/// Replaces names of topics that match a pattern as a whole, as `org.apache.kafka.connect.transforms.RegexRouter` does.
/// Each name is matched once.
package struct TopicReplacement {
    private let pattern: JavaPattern
    private let replacement: String
    private var targets: [ExactName: String] = [:]
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
        let target: String
        if let known = targets[ExactName(topic)] {
            target = known
        } else {
            target = pattern.matchesWhole(topic)
                ? try pattern.replaceFirst(in: topic, with: replacement) ?? topic : topic
            // Topics that depend on row values are not bounded.
            if targets.count >= 10_000 { targets.removeAll() }
            targets[ExactName(topic)] = target
        }
        last = (topic, target)
        return target
    }
}
