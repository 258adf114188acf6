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

extension SyncGroupRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.errorCode = code
        return response
    }
}

extension HeartbeatRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> HeartbeatResponse {
        var response = HeartbeatResponse()
        response.errorCode = code
        return response
    }
}

extension LeaveGroupRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> LeaveGroupResponse {
        var response = LeaveGroupResponse()
        response.errorCode = code
        return response
    }
}

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

extension ListGroupsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> ListGroupsResponse {
        var response = ListGroupsResponse()
        response.errorCode = code
        return response
    }
}

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

extension ApiVersionsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.errorCode = code
        return response
    }
}

extension DescribeClusterRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeClusterResponse {
        var response = DescribeClusterResponse()
        response.errorCode = code
        response.endpointType = endpointType
        return response
    }
}

extension InitProducerIdRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        response.errorCode = code
        return response
    }
}
