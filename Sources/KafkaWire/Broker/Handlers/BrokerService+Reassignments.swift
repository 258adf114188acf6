import KafkaProtocol
import WireCore

extension RequestHandler {
    static let alterPartitionReassignments = RequestHandler(AlterPartitionReassignmentsRequest.self) {
        service, request, context in
        service.alterReassignments(request, context)
    }
    static let listPartitionReassignments = RequestHandler(ListPartitionReassignmentsRequest.self) {
        service, request, context in
        service.listReassignments(request, context)
    }
}

extension BrokerService {
    private typealias PartitionResponse = AlterPartitionReassignmentsResponse.ReassignablePartitionResponse

    /// AlterPartitionReassignments. There is nothing to copy: a reassignment is complete when the answer is sent.
    func alterReassignments(
        _ request: AlterPartitionReassignmentsRequest, _: RequestContext
    ) -> AlterPartitionReassignmentsResponse {
        var response = AlterPartitionReassignmentsResponse()
        response.allowReplicationFactorChange = request.allowReplicationFactorChange
        response.errorMessage = nil
        response.responses = request.topics.distinct(by: \.name).map { topic in
            var refusals: [Int32: AdminError] = [:]
            var targets: [(TopicRegistry.Partition, replicas: [Int32])] = []
            let wanted = topic.partitions.distinct(by: \.partitionIndex)
            for entry in wanted {
                do throws(AdminError) {
                    let partition = try find(topic.name, entry.partitionIndex)
                    // A reassignment is cancelled, and none takes any time.
                    guard let replicas = entry.replicas else { throw AdminError(.noReassignmentInProgress, "") }
                    try check(replicas: replicas, nil)
                    targets.append((partition, replicas))
                } catch { refusals[entry.partitionIndex] = error }
            }
            let others = reassign(targets, mayChangeCount: request.allowReplicationFactorChange)
            refusals.merge(others) { first, _ in first }
            var result = AlterPartitionReassignmentsResponse.ReassignableTopicResponse()
            result.name = topic.name
            result.partitions = wanted.map { entry in
                var partition = PartitionResponse()
                partition.partitionIndex = entry.partitionIndex
                let refusal = refusals[entry.partitionIndex]
                partition.errorCode = refusal?.code ?? .none
                partition.errorMessage = refusal?.message.isEmpty == false ? refusal?.message : nil
                return partition
            }
            return result
        }
        return response
    }

    /// Throws in Kafka's words.
    private func find(_ name: String, _ index: Int32) throws(AdminError) -> TopicRegistry.Partition {
        guard topics.topic(named: name) != nil else {
            throw AdminError(.unknownTopicOrPartition, "Unable to find a topic named \(name).")
        }
        guard let partition = topics.partition(name, index) else {
            throw AdminError(.unknownTopicOrPartition, "Unable to find partition \(name):\(index).")
        }
        return partition
    }

    /// Returns why partitions of a topic keep their replicas. One without a running replica would have no leader, which
    /// is refused.
    private func reassign(
        _ targets: [(TopicRegistry.Partition, replicas: [Int32])], mayChangeCount: Bool
    ) -> [Int32: AdminError] {
        var refusals: [Int32: AdminError] = [:]
        let replicas = Dictionary(targets.map { ($0.0.index, $0.replicas) }, uniquingKeysWith: { first, _ in first })
        do throws(StorageError) {
            try topics.changeRegistrations(of: targets.map(\.0)) { partition, registration, running in
                guard let replicas = replicas[partition.index] else { return }
                let count = registration.replicas.count
                if !mayChangeCount, count != replicas.count {
                    let text = "The replication factor is changed from \(count) to \(replicas.count)"
                    refusals[partition.index] = AdminError(.invalidReplicationFactor, text)
                } else if !replicas.contains(where: running.contains) {
                    refusals[partition.index] = AdminError(.invalidReplicaAssignment, "None of the replicas runs.")
                } else {
                    registration.reassign(to: replicas, running)
                }
            }
        } catch {
            Self.logger.error("The replicas of partitions cannot be stored: \(error)")
            for target in targets { refusals[target.0.index] = AdminError(error) }
        }
        return refusals
    }

    /// ListPartitionReassignments: none is ever in progress.
    func listReassignments(
        _: ListPartitionReassignmentsRequest, _: RequestContext
    ) -> ListPartitionReassignmentsResponse {
        var response = ListPartitionReassignmentsResponse()
        response.errorMessage = nil
        return response
    }
}
