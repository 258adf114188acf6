import KafkaProtocol

/// A response that can say for the whole request that its version is not supported, although the broker announces it.
protocol VersionRefusal {
    var refusesVersion: Bool { get }
}

/// Responses with an error code for the whole request.
private protocol RequestErrorCode: VersionRefusal {
    var errorCode: KafkaErrorCode { get }
}

extension RequestErrorCode {
    var refusesVersion: Bool { errorCode == .unsupportedVersion }
}

extension JoinGroupResponse: RequestErrorCode {}
extension SyncGroupResponse: RequestErrorCode {}
extension HeartbeatResponse: RequestErrorCode {}
extension LeaveGroupResponse: RequestErrorCode {}
extension ListGroupsResponse: RequestErrorCode {}
extension FetchResponse: RequestErrorCode {}
extension InitProducerIdResponse: RequestErrorCode {}
extension AddOffsetsToTxnResponse: RequestErrorCode {}
extension EndTxnResponse: RequestErrorCode {}

extension OffsetFetchResponse: VersionRefusal {
    var refusesVersion: Bool { errorCode == .unsupportedVersion || groups.allRefuseVersion(\.errorCode) }
}

extension FindCoordinatorResponse: VersionRefusal {
    var refusesVersion: Bool { errorCode == .unsupportedVersion || coordinators.allRefuseVersion(\.errorCode) }
}

extension MetadataResponse: VersionRefusal {
    var refusesVersion: Bool { topics.allRefuseVersion(\.errorCode) }
}

extension CreateTopicsResponse: VersionRefusal {
    var refusesVersion: Bool { topics.allRefuseVersion(\.errorCode) }
}

extension ListOffsetsResponse: VersionRefusal {
    var refusesVersion: Bool { topics.flatMap(\.partitions).allRefuseVersion(\.errorCode) }
}

extension OffsetCommitResponse: VersionRefusal {
    var refusesVersion: Bool { topics.flatMap(\.partitions).allRefuseVersion(\.errorCode) }
}

extension ProduceResponse: VersionRefusal {
    var refusesVersion: Bool {
        responses.first?.partitionResponses.first?.errorCode == .unsupportedVersion
            && responses.flatMap(\.partitionResponses).allRefuseVersion(\.errorCode)
    }
}

extension Array {
    fileprivate func allRefuseVersion(_ errorCode: (Element) -> KafkaErrorCode) -> Bool {
        !isEmpty && allSatisfy { errorCode($0) == .unsupportedVersion }
    }
}
