import KafkaProtocol

/// What a topic may be called (Kafka's `Topic.validate`). Such a name is also a safe name for a directory.
enum TopicName {
    static let lengthMax = 249

    /// Why the name is refused, in Kafka's words; nil for a good one.
    static func validationError(_ name: String) -> String? {
        if name.isEmpty { return "Topic name is invalid: the empty string is not allowed" }
        if name == "." || name == ".." { return "Topic name is invalid: '.' or '..' is not allowed" }
        if name.utf8.count > lengthMax {
            return "Topic name is invalid: the length of '\(name.prefix(64))…' is longer than the max allowed length "
                + "\(lengthMax)"
        }
        guard name.utf8.allSatisfy(isAllowed) else {
            return "Topic name is invalid: '\(name)' contains one or more characters other than ASCII alphanumerics, "
                + "'.', '_' and '-'"
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
