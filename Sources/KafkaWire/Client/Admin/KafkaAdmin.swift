import KafkaProtocol
import WireCore

/// Administration of a cluster: topics, configurations, groups (`Admin` of the Java client).
///
/// All calls block the thread, retry retriable errors, and throw `.timedOut` after `apiTimeoutMilliseconds`.
public struct KafkaAdmin: Sendable {
    let client: KafkaClient

    /// Administers the cluster of `client` over its connections.
    public init(_ client: KafkaClient) { self.client = client }

    private var cancellation: Cancellation { client.cancellation }

    // MARK: The cluster

    /// The cluster's id; empty if the brokers have none.
    public func clusterID() throws(KafkaError) -> String {
        try client.retrying("describing the cluster", cancellation) { () throws(KafkaError) in
            try client.metadata(topics: [], cancellation).clusterID ?? ""
        }
    }

    /// The brokers in the order of their ids.
    public func brokers() throws(KafkaError) -> [BrokerDescription] {
        try client.retrying("describing the brokers", cancellation) { () throws(KafkaError) in
            _ = try client.metadata(topics: [], cancellation)
            return client.cluster.brokers.values.sorted { $0.id < $1.id }
        }
    }

    // MARK: Topics

    /// One entry per name, in the same order; nil if the topic does not exist.
    public func describeTopics(_ names: [String]) throws(KafkaError) -> [TopicDescription?] {
        guard !names.isEmpty else { return [] }
        return try client.retrying("describing topics", cancellation) { () throws(KafkaError) in
            let topics = try client.metadata(topics: names, cancellation).topics
            var found: [TopicDescription?] = []
            for name in names {
                let topic = topics.first { $0.name == name }
                let code = topic?.errorCode ?? .unknownTopicOrPartition
                guard code == .none || code == .unknownTopicOrPartition else { throw .code(code, about: "topic \(name)") }
                found.append(topic.flatMap { TopicDescription($0) })
            }
            return found
        }
    }

    /// The names of all topics that this client is authorized to describe, in ascending order.
    public func topicNames() throws(KafkaError) -> [String] {
        try client.retrying("listing topics", cancellation) { () throws(KafkaError) in
            try client.metadata(topics: nil, cancellation).topics.compactMap(\.name).sorted()
        }
    }

    /// Tries to create all topics, then throws the first error; `.topicAlreadyExists` is one.
    public func createTopics(_ topics: [NewTopic]) throws(KafkaError) {
        var request = CreateTopicsRequest()
        request.timeoutMilliseconds = Int32(clamping: client.configuration.requestTimeoutMilliseconds)
        request.topics = topics.map { CreateTopicsRequest.CreatableTopic($0) }
        try client.retrying("creating topics", cancellation) { () throws(KafkaError) in
            let response = try client.withController(cancellation) { connection throws(KafkaError) in
                try connection.request(request)
            }
            for result in response.topics where result.errorCode != .none {
                throw .code(result.errorCode, about: "creating topic \(result.name)", message: result.errorMessage.nonEmpty)
            }
        }
    }

    /// Tries to delete all topics, then throws the first error; `.unknownTopicOrPartition` if one does not exist.
    public func deleteTopics(_ names: [String]) throws(KafkaError) {
        var request = DeleteTopicsRequest()
        request.timeoutMilliseconds = Int32(clamping: client.configuration.requestTimeoutMilliseconds)
        request.topicNames = names
        let isRetriable = { (error: KafkaError) in error.isRetriable && error.errorCode != .unknownTopicOrPartition }
        try client.retrying("deleting topics", cancellation, where: isRetriable) { () throws(KafkaError) in
            let response = try client.withController(cancellation) { connection throws(KafkaError) in
                // Version 6 names topics by their id.
                try connection.request(request, atMost: 5)
            }
            for result in response.responses where result.errorCode != .none {
                throw .code(
                    result.errorCode, about: "deleting topic \(result.name ?? "")", message: result.errorMessage.nonEmpty)
            }
        }
    }

    /// The whole configuration of a topic, including the broker's defaults.
    ///
    /// Waits for a topic that does not exist: brokers see a new topic a little later than the client that created it.
    public func topicConfiguration(_ topic: String) throws(KafkaError) -> [TopicConfigEntry] {
        var request = DescribeConfigsRequest()
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        resource.resourceType = 2
        resource.resourceName = topic
        resource.configurationKeys = nil
        request.resources = [resource]
        return try client.retrying("describing topic \(topic)", cancellation) { () throws(KafkaError) in
            let response = try client.withAnyBroker(cancellation) { connection throws(KafkaError) in
                try connection.request(request)
            }
            guard let result = response.results.first else {
                throw .code(.unknownServerError, about: "describing topic \(topic)", message: "an empty answer")
            }
            guard result.errorCode == .none else {
                throw .code(result.errorCode, about: "describing topic \(topic)", message: result.errorMessage.nonEmpty)
            }
            // Config source 1 is the topic's own.
            return result.configs.map { entry in
                TopicConfigEntry(name: entry.name, value: entry.value, isTopicOverride: entry.configSource == 1)
            }
        }
    }

    /// Partition to the offset of its next record.
    public func endOffsets(_ topic: String) throws(KafkaError) -> [Int32: Int64] { try offsets(topic, .latest) }

    private func offsets(_ topic: String, _ spec: OffsetSpec) throws(KafkaError) -> [Int32: Int64] {
        try client.retrying("listing the offsets of \(topic)", cancellation) { () throws(KafkaError) in
            let description = try client.topic(topic, cancellation)
            return try client.offsets(of: description, at: spec, isolation: .readUncommitted, cancellation)
        }
    }

    // MARK: Groups

    /// A group that does not exist has the state `Dead` and no members.
    public func describeGroup(_ groupID: String) throws(KafkaError) -> GroupDescription {
        var request = DescribeGroupsRequest()
        request.groups = [groupID]
        return try client.retrying("describing group \(groupID)", cancellation) { () throws(KafkaError) in
            let response = try client.withCoordinator(of: .group(groupID), cancellation) {
                connection throws(KafkaError) in
                try connection.request(request)
            }
            guard let group = response.groups.first else {
                throw .code(.unknownServerError, about: "describing group \(groupID)", message: "an empty answer")
            }
            // From version 6 on a group that does not exist is an error; before, it is `Dead`.
            guard group.errorCode == .none || group.errorCode == .groupIDNotFound else {
                throw .code(group.errorCode, about: "describing group \(groupID)", message: group.errorMessage.nonEmpty)
            }
            return GroupDescription(group)
        }
    }

    /// Removes members from a group without waiting for their sessions to end (LeaveGroup from version 3 on).
    ///
    /// A member that has already left is not an error.
    public func removeMembers(group: String, memberIDs: [String]) throws(KafkaError) {
        guard !memberIDs.isEmpty else { return }
        var request = LeaveGroupRequest()
        request.groupID = group
        request.members = memberIDs.map { memberID in
            var member = LeaveGroupRequest.MemberIdentity()
            member.memberID = memberID
            return member
        }
        try client.retrying("removing members of group \(group)", cancellation) { () throws(KafkaError) in
            let response = try client.withCoordinator(of: .group(group), cancellation) {
                connection throws(KafkaError) in
                guard try connection.versions.version(of: .leaveGroup) >= 3 else {
                    throw .unsupportedVersion(.leaveGroup, broker: connection.versions[.leaveGroup])
                }
                return try connection.request(request)
            }
            for code in [response.errorCode] + response.members.map(\.errorCode)
            where code != .none && code != .unknownMemberID {
                throw .code(code, about: "removing members of group \(group)")
            }
        }
    }
}

extension CreateTopicsRequest.CreatableTopic {
    fileprivate init(_ topic: NewTopic) {
        self.init()
        name = topic.name
        numPartitions = topic.partitions
        replicationFactor = topic.replicationFactor
        configs = topic.configuration.map { entry in
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = entry.name
            config.value = entry.value
            return config
        }
    }
}

extension GroupDescription {
    fileprivate init(_ group: DescribeGroupsResponse.DescribedGroup) {
        self.init(
            groupID: group.groupID, state: group.errorCode == .none ? group.groupState : "Dead",
            protocolType: group.protocolType, protocolName: group.protocolData,
            members: group.members.map { member in
                Member(
                    memberID: member.memberID, clientID: member.clientID, clientHost: member.clientHost,
                    metadata: member.memberMetadata, assignment: member.memberAssignment)
            })
    }
}
