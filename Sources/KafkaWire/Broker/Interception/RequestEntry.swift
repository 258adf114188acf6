import KafkaProtocol

/// What one entry of a request is about, for example a partition that is written to, or a group that is described. A
/// request that is about one thing has one entry.
package struct RequestEntry: Equatable, Sendable {
    /// What the entries of a kind of request can name.
    package struct Fields: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let topic = Self(rawValue: 1)
        package static let partition = Self(rawValue: 2)
        package static let group = Self(rawValue: 4)
        package static let transactionalID = Self(rawValue: 8)
    }

    package var topic: String?
    /// Of a topic whose name the request does not have.
    var topicID = KafkaUUID.zero
    package var partition: Int32?
    /// Whether the entry is about all partitions of its topic.
    var hasAllPartitions = false
    package var group: String?
    package var transactionalID: String?
}

/// Selects entries of requests. A field that is nil selects every entry.
package struct EntryFilter: Equatable, Sendable {
    package var topic: String?
    package var partition: Int32?
    package var group: String?
    package var transactionalID: String?

    package init() {}

    /// Whether every entry is selected.
    package var isAll: Bool { self == EntryFilter() }
    /// Whether entries are selected by what is smaller than a group.
    var selectsTopics: Bool { topic != nil || partition != nil }

    package func contains(_ entry: RequestEntry) -> Bool {
        (topic == nil || topic == entry.topic)
            && (partition == nil || partition == entry.partition || entry.hasAllPartitions)
            && (group == nil || group == entry.group)
            && (transactionalID == nil || transactionalID == entry.transactionalID)
    }
}

/// An error for the entries of a request that a filter selects.
struct EntryRefusal: Sendable {
    let code: KafkaErrorCode
    let filter: EntryFilter
    /// The name of the topic with an id.
    let topicName: @Sendable (KafkaUUID) -> String?

    func contains(_ entry: RequestEntry) -> Bool { filter.contains(entry.named(by: topicName)) }
}

extension RequestEntry {
    /// With the name of the topic, if the request names only its id.
    func named(by topicName: (KafkaUUID) -> String?) -> RequestEntry {
        guard topic ?? "" == "", topicID != .zero else { return self }
        var named = self
        named.topic = topicName(topicID)
        return named
    }
}
