import KafkaProtocol

extension OffsetCommitRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        response.topics = topics.map { topic in
            var result = OffsetCommitResponse.Topic()
            result.name = topic.name
            result.topicID = topic.topicID
            result.partitions = topic.partitions.map { partition in
                var entry = OffsetCommitResponse.Partition()
                entry.partitionIndex = partition.partitionIndex
                entry.errorCode = code
                return entry
            }
            return result
        }
        return response
    }
}

extension OffsetFetchRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        response.errorCode = code
        response.groups = groups.map { group in
            var result = OffsetFetchResponse.Group()
            result.groupID = group.groupID
            result.errorCode = code
            return result
        }
        return response
    }
}

extension FindCoordinatorRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        response.errorCode = code
        response.errorMessage = nil
        response.nodeID = -1
        response.port = -1
        response.coordinators = coordinatorKeys.map { key in
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = key
            coordinator.errorCode = code
            coordinator.errorMessage = nil
            coordinator.nodeID = -1
            coordinator.port = -1
            return coordinator
        }
        return response
    }
}

extension JoinGroupRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = code
        response.memberID = memberID
        return response
    }
}

extension SyncGroupRequest: RefusableRequest {}
extension SyncGroupResponse: ErrorCodeResponse {}

extension HeartbeatRequest: RefusableRequest {}
extension HeartbeatResponse: ErrorCodeResponse {}

extension LeaveGroupRequest: RefusableRequest {}
extension LeaveGroupResponse: ErrorCodeResponse {}

extension DescribeGroupsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeGroupsResponse {
        var response = DescribeGroupsResponse()
        response.groups = groups.map { group in
            var result = DescribeGroupsResponse.DescribedGroup()
            result.groupID = group
            result.errorCode = code
            return result
        }
        return response
    }
}

extension ListGroupsRequest: RefusableRequest {}
extension ListGroupsResponse: ErrorCodeResponse {}

extension DeleteGroupsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DeleteGroupsResponse {
        var response = DeleteGroupsResponse()
        response.results = groupsNames.map { group in
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupID = group
            result.errorCode = code
            return result
        }
        return response
    }
}

extension ConsumerGroupHeartbeatRequest: RefusableRequest {}
extension ConsumerGroupHeartbeatResponse: ErrorCodeResponse {}

extension ConsumerGroupDescribeRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> ConsumerGroupDescribeResponse {
        var response = ConsumerGroupDescribeResponse()
        response.groups = groupIDs.map { groupID in
            var result = ConsumerGroupDescribeResponse.DescribedGroup()
            result.groupID = groupID
            result.errorCode = code
            return result
        }
        return response
    }
}

extension OffsetDeleteRequest: RefusableRequest {}
extension OffsetDeleteResponse: ErrorCodeResponse {}
