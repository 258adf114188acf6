import KafkaProtocol
import WireCore

extension RequestHandler {
    static let consumerGroupHeartbeat = RequestHandler(ConsumerGroupHeartbeatRequest.self) {
        service, request, context in
        service.consumerGroupHeartbeat(request, context)
    }
    static let consumerGroupDescribe = RequestHandler(ConsumerGroupDescribeRequest.self) { service, request, context in
        service.describeConsumerGroups(request, context)
    }
    static let offsetDelete = RequestHandler(OffsetDeleteRequest.self) { service, request, context in
        service.deleteOffsets(request, context)
    }
}

extension BrokerService {
    /// ConsumerGroupHeartbeat (KIP-848).
    func consumerGroupHeartbeat(
        _ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext
    ) -> ConsumerGroupHeartbeatResponse {
        var response = ConsumerGroupHeartbeatResponse()
        response.errorMessage = nil
        response.memberID = nil
        do throws(AdminError) {
            try check(request, context)
            guard coordinates(request.groupID, context) else {
                response.errorCode = .notCoordinator
                return response
            }
            var owned: PartitionSets?
            if let partitions = request.topicPartitions {
                owned = PartitionSets(
                    Dictionary(partitions.map { ($0.topicID, Set($0.partitions)) }, uniquingKeysWith: { $0.union($1) }))
            }
            let heartbeat = ServerAssignedGroup.Heartbeat(
                memberID: request.memberID.isEmpty ? KafkaUUID.random().description : request.memberID,
                epoch: request.memberEpoch, instanceID: request.instanceID, rackID: request.rackID,
                clientID: context.clientID, clientHost: context.clientHost,
                rebalanceTimeoutMilliseconds: request.rebalanceTimeoutMilliseconds,
                topicNames: request.subscribedTopicNames, pattern: request.subscribedTopicRegex,
                assignor: request.serverAssignor, owned: owned)
            switch groups.handle(heartbeat, groupID: request.groupID, topics.catalog) {
            case .failure(let refusal): throw AdminError(refusal.code, refusal.message)
            case .success(let answer):
                response.memberID = answer.memberID
                response.memberEpoch = answer.epoch
                response.heartbeatIntervalMilliseconds = ServerAssignedGroup.heartbeatMilliseconds
                response.assignment = answer.assignment.map { assigned in
                    var assignment = ConsumerGroupHeartbeatResponse.Assignment()
                    assignment.topicPartitions = assigned.sorted.map { topicID, partitions in
                        var entry = ConsumerGroupHeartbeatResponse.TopicPartitions()
                        entry.topicID = topicID
                        entry.partitions = partitions
                        return entry
                    }
                    return assignment
                }
            }
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message
        }
        return response
    }

    /// Throws if the request is not valid in itself, in the words of Kafka.
    private func check(
        _ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext
    ) throws(AdminError) {
        func refuse(_ message: String, _ code: KafkaErrorCode = .invalidRequest) -> AdminError {
            AdminError(code, message)
        }
        guard request.groupID.contains(where: { !$0.isWhitespace }) else { throw refuse("GroupId can't be empty.") }
        guard !request.memberID.isEmpty || context.version == 0 && request.memberEpoch == 0 else {
            throw refuse("MemberId can't be empty.")
        }
        if request.instanceID == "" { throw refuse("InstanceId can't be empty.") }
        if request.rackID == "" { throw refuse("RackId can't be empty.") }
        let texts = [
            request.groupID, request.memberID, request.instanceID ?? "", request.rackID ?? "",
            request.subscribedTopicRegex ?? "",
        ]
        guard texts.allSatisfy(isShort) else { throw refuse("A name is too long.") }
        guard request.memberEpoch >= ServerAssignedGroup.leaveStaticEpoch else {
            throw refuse("MemberEpoch is invalid.")
        }
        if request.memberEpoch == ServerAssignedGroup.leaveStaticEpoch, request.instanceID == nil {
            throw refuse("InstanceId can't be null.")
        }
        if request.memberEpoch == 0 {
            guard request.rebalanceTimeoutMilliseconds != -1 else {
                throw refuse("RebalanceTimeoutMs must be provided in first request.")
            }
            guard request.topicPartitions?.isEmpty == true else {
                throw refuse("TopicPartitions must be empty when (re-)joining.")
            }
            guard request.subscribedTopicNames != nil || request.subscribedTopicRegex != nil else {
                throw refuse("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.")
            }
        }
        if let assignor = request.serverAssignor, PartitionAssignor(rawValue: assignor) == nil {
            let names = PartitionAssignor.allCases.map(\.rawValue).joined(separator: ", ")
            throw refuse(
                "ServerAssignor \(assignor) is not supported. Supported assignors: \(names).", .unsupportedAssignor)
        }
        if let pattern = request.subscribedTopicRegex, !pattern.isEmpty, RegularExpression(pattern) == nil {
            throw refuse(
                "SubscribedTopicRegex `\(pattern)` is not a valid regular expression.", .invalidRegularExpression)
        }
    }

    private typealias Group = ConsumerGroupDescribeResponse.DescribedGroup

    /// ConsumerGroupDescribe.
    func describeConsumerGroups(
        _ request: ConsumerGroupDescribeRequest, _ context: RequestContext
    ) -> ConsumerGroupDescribeResponse {
        let names = Dictionary(
            topics.catalog.topics.map { ($0.value.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        var response = ConsumerGroupDescribeResponse()
        response.groups = request.groupIDs.distinct { $0 }.map { groupID in
            var entry = Group()
            entry.groupID = groupID
            entry.errorMessage = nil
            guard coordinates(groupID, context) else {
                entry.errorCode = .notCoordinator
                return entry
            }
            guard let group = groups.serverAssignedGroup(groupID) else {
                guard !groupID.isEmpty else {
                    entry.errorCode = .invalidGroupID
                    return entry
                }
                entry.errorCode = .groupIDNotFound
                let isClassic = groups.snapshot(of: groupID) != nil
                entry.errorMessage = AdminError.clipped(
                    isClassic ? "Group \(groupID) is not a consumer group." : "Group \(groupID) not found.")
                return entry
            }
            entry.groupState = group.stateName
            if request.includeAuthorizedOperations { entry.authorizedOperations = AuthorizedOperations.group }
            entry.groupEpoch = group.epoch
            entry.assignmentEpoch = group.targetEpoch
            entry.assignorName = group.assignor.rawValue
            entry.members = group.members.values.sorted { $0.id < $1.id }.map { member in
                Self.describe(member, target: group.target[member.id] ?? PartitionSets(), names)
            }
            return entry
        }
        return response
    }

    private static func describe(
        _ member: ServerAssignedGroup.Member, target: PartitionSets, _ names: [KafkaUUID: String]
    ) -> ConsumerGroupDescribeResponse.Member {
        func assignment(_ sets: PartitionSets) -> ConsumerGroupDescribeResponse.Assignment {
            var result = ConsumerGroupDescribeResponse.Assignment()
            result.topicPartitions = sets.sorted.map { topicID, partitions in
                var entry = ConsumerGroupDescribeResponse.TopicPartitions()
                entry.topicID = topicID
                entry.topicName = names[topicID] ?? ""
                entry.partitions = partitions
                return entry
            }
            return result
        }
        var entry = ConsumerGroupDescribeResponse.Member()
        entry.memberID = member.id
        entry.instanceID = member.instanceID
        entry.rackID = member.rackID
        entry.memberEpoch = member.epoch
        entry.clientID = member.clientID
        entry.clientHost = member.clientHost
        entry.subscribedTopicNames = member.topicNames
        entry.subscribedTopicRegex = member.pattern
        entry.assignment = assignment(member.assigned)
        entry.targetAssignment = assignment(target)
        entry.memberType = 1
        return entry
    }

    /// OffsetDelete.
    func deleteOffsets(_ request: OffsetDeleteRequest, _ context: RequestContext) -> OffsetDeleteResponse {
        guard coordinates(request.groupID, context) else { return request.refusal(.notCoordinator) }
        var response = OffsetDeleteResponse()
        let wanted = request.topics.flatMap { topic in
            topic.partitions.map { (topic: topic.name, partition: $0.partitionIndex) }
        }
        let (code, codes) = groups.deleteOffsets(groupID: request.groupID, wanted)
        response.errorCode = code
        guard code == .none else { return response }
        var index = 0
        response.topics = request.topics.map { topic in
            var result = OffsetDeleteResponse.Topic()
            result.name = topic.name
            result.partitions = topic.partitions.map { partition in
                var entry = OffsetDeleteResponse.Partition()
                entry.partitionIndex = partition.partitionIndex
                let exists = topics.topic(named: topic.name)?.partition(partition.partitionIndex) != nil
                entry.errorCode = exists ? codes[index] : .unknownTopicOrPartition
                index += 1
                return entry
            }
            return result
        }
        return response
    }
}
