import KafkaProtocol

/// Validates topic names (Kafka's `Topic.validate`). A valid name is also safe as the name of a directory.
enum TopicName {
    static let lengthMax = 249

    /// Returns why the name is invalid, in Kafka's words, or nil if it is valid.
    static func validationError(_ name: String) -> String? {
        if name.isEmpty { return "Topic name is invalid: the empty string is not allowed" }
        if name == "." || name == ".." { return "Topic name is invalid: '\(name)' is not allowed" }
        if name.utf8.count > lengthMax {
            return "Topic name is invalid: the length of '\(name)' is longer than the max allowed length \(lengthMax)"
        }
        guard name.utf8.allSatisfy(isAllowed) else {
            return "Topic name is invalid: '\(name)' contains one or more characters other than ASCII alphanumerics, "
                + "'.', '_' and '-'"
        }
        return nil
    }

    /// The topic that has no log among those of clients: Kafka's brokers keep the cluster's metadata in it.
    static let clusterMetadata = "__cluster_metadata"

    /// What a name has in common with those that it collides with: Kafka's metrics have `_` for `.` in names of topics.
    static func collisionKey(_ name: String) -> String { name.replacing(".", with: "_") }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
