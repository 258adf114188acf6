import KafkaProtocol

/// A response of a coordinator, whose error code indicates whether the broker still is the coordinator.
protocol CoordinatorResponse {
    var coordinatorErrorCode: KafkaErrorCode { get }
}

extension JoinGroupResponse: CoordinatorResponse { var coordinatorErrorCode: KafkaErrorCode { errorCode } }
extension SyncGroupResponse: CoordinatorResponse { var coordinatorErrorCode: KafkaErrorCode { errorCode } }
extension HeartbeatResponse: CoordinatorResponse { var coordinatorErrorCode: KafkaErrorCode { errorCode } }
extension LeaveGroupResponse: CoordinatorResponse { var coordinatorErrorCode: KafkaErrorCode { errorCode } }
extension InitProducerIdResponse: CoordinatorResponse { var coordinatorErrorCode: KafkaErrorCode { errorCode } }

extension DescribeGroupsResponse: CoordinatorResponse {
    var coordinatorErrorCode: KafkaErrorCode { groups.first?.errorCode ?? .none }
}
