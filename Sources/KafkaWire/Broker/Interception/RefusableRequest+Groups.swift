import KafkaProtocol

extension FindCoordinatorRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.group, .transactionalID] }

    func refusal(_ code: KafkaErrorCode) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        response.errorCode = code
        response.errorMessage = code.text
        response.nodeID = -1
        response.port = -1
        response.coordinators = coordinatorKeys.map { key in
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = key
            coordinator.errorCode = code
            coordinator.errorMessage = code.text
            coordinator.nodeID = -1
            coordinator.port = -1
            return coordinator
        }
        return response
    }

    private func entry(_ key: String) -> RequestEntry {
        RequestEntry(group: keyType == 0 ? key : nil, transactionalID: keyType == 1 ? key : nil)
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        guard coordinatorKeys.isEmpty else { return keeping(\.coordinatorKeys) { isIncluded(entry($0)) } }
        return isIncluded(entry(key)) ? self : nil
    }

    static func add(_ part: FindCoordinatorResponse, to response: inout FindCoordinatorResponse) {
        response.coordinators += part.coordinators
    }
}

extension JoinGroupRequest: GroupRequest {
    func refusal(_ code: KafkaErrorCode) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = code
        return response
    }

    /// No protocol is chosen: null since version 7.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> JoinGroupResponse?
    ) throws -> JoinGroupResponse? {
        try partialResponse(refusing: refusal, version: version, handle) { part in
            var response = part.refusal(refusal.code)
            response.protocolName = version >= 7 ? nil : ""
            return response
        }
    }
}

extension SyncGroupRequest: GroupRequest {}
extension SyncGroupResponse: ErrorCodeResponse {}

extension HeartbeatRequest: GroupRequest {}
extension HeartbeatResponse: ErrorCodeResponse {}

extension LeaveGroupRequest: GroupRequest {
    /// Errors of a member, which have a place of their own since version 3.
    private static let memberErrors: Set<KafkaErrorCode> = [.unknownMemberID, .fencedInstanceID]

    func refusal(_ code: KafkaErrorCode) -> LeaveGroupResponse {
        var response = LeaveGroupResponse()
        guard Self.memberErrors.contains(code), !members.isEmpty else {
            response.errorCode = code
            return response
        }
        response.members = members.map { member in
            var result = LeaveGroupResponse.MemberResponse()
            result.memberID = member.memberID
            result.groupInstanceID = member.groupInstanceID
            result.errorCode = code
            return result
        }
        return response
    }
}

extension DescribeGroupsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .group }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.groups) { isIncluded(RequestEntry(group: $0)) }
    }

    static func add(_ part: DescribeGroupsResponse, to response: inout DescribeGroupsResponse) {
        response.groups += part.groups
    }
}

extension ListGroupsRequest: RefusableRequest {}
extension ListGroupsResponse: ErrorCodeResponse {}

extension DeleteGroupsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .group }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.groupsNames) { isIncluded(RequestEntry(group: $0)) }
    }

    static func add(_ part: DeleteGroupsResponse, to response: inout DeleteGroupsResponse) {
        response.results += part.results
    }
}

extension ConsumerGroupHeartbeatRequest: GroupRequest {}
extension ConsumerGroupHeartbeatResponse: ErrorCodeResponse {}

extension ConsumerGroupDescribeRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .group }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.groupIDs) { isIncluded(RequestEntry(group: $0)) }
    }

    static func add(_ part: ConsumerGroupDescribeResponse, to response: inout ConsumerGroupDescribeResponse) {
        response.groups += part.groups
    }
}
