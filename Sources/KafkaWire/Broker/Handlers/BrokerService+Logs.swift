import Foundation
import KafkaProtocol
import WireCore

extension RequestHandler {
    static let deleteRecords = RequestHandler(DeleteRecordsRequest.self) { service, request, context in
        service.deleteRecords(request, context)
    }
    static let describeLogDirs = RequestHandler(DescribeLogDirsRequest.self) { service, request, context in
        service.describeLogDirectories(request, context)
    }
}

extension BrokerService {
    /// DeleteRecords: moves the start of logs. Offset -1 is the end.
    func deleteRecords(_ request: DeleteRecordsRequest, _ context: RequestContext) -> DeleteRecordsResponse {
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { wanted in
            var result = DeleteRecordsResponse.DeleteRecordsTopicResult()
            result.name = wanted.name
            let topic = topics.topic(named: wanted.name)
            result.partitions = wanted.partitions.map { entry in
                var answer = DeleteRecordsResponse.DeleteRecordsPartitionResult()
                answer.partitionIndex = entry.partitionIndex
                answer.lowWatermark = -1
                let log: PartitionLog
                switch partition(topic, entry.partitionIndex, of: context.node.id, mustLead: true) {
                case .failure(let code):
                    answer.errorCode = code
                    return answer
                case .success(let found): log = found
                }
                // A topic that is only compacted keeps the last record of each key.
                let settings = topic.map { LogSettings($0.configuration) }
                guard let settings, settings.deletesOldSegments || !settings.isCompacted else {
                    answer.errorCode = .policyViolation
                    return answer
                }
                do throws(StorageError) {
                    let offset = entry.offset == -1 ? log.endOffset : entry.offset
                    if offset >= 0, let start = try log.deleteRecords(before: offset) {
                        answer.lowWatermark = start
                    } else {
                        answer.errorCode = .offsetOutOfRange
                    }
                } catch {
                    Self.logger.error("Topic \(wanted.name), partition \(entry.partitionIndex): \(error)")
                    answer.errorCode = .kafkaStorageError
                }
                return answer
            }
            return result
        }
        return response
    }

    /// DescribeLogDirs: the data directory with the sizes of the requested partitions, or of all, as far as this node
    /// is a replica.
    func describeLogDirectories(
        _ request: DescribeLogDirsRequest, _ context: RequestContext
    ) -> DescribeLogDirsResponse {
        var result = DescribeLogDirsResponse.DescribeLogDirsResult()
        result.logDir = directory.path
        let requested = request.topics.map { Dictionary($0.map { ($0.topic, $0.partitions) }, uniquingKeysWith: +) }
        result.topics = topics.all.compactMap { topic in
            guard requested == nil || requested?[topic.name] != nil else { return nil }
            var entry = DescribeLogDirsResponse.DescribeLogDirsTopic()
            entry.name = topic.name
            entry.partitions = topic.partitions.enumerated().compactMap { index, log in
                if let wanted = requested?[topic.name], !wanted.contains(Int32(index)) { return nil }
                guard log.registration.replicas.contains(context.node.id) else { return nil }
                var partition = DescribeLogDirsResponse.DescribeLogDirsPartition()
                partition.partitionIndex = Int32(index)
                partition.partitionSize = Int64(log.lengthBytes)
                return partition
            }
            return entry.partitions.isEmpty ? nil : entry
        }
        if context.version >= 4, let space = Self.space(at: directory.path) {
            result.totalBytes = space.total
            result.usableBytes = space.usable
        }
        var response = DescribeLogDirsResponse()
        response.results = [result]
        return response
    }

    private static func space(at path: String) -> (total: Int64, usable: Int64)? {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return nil }
        let unit = Int64(clamping: information.f_frsize)
        return (Int64(clamping: information.f_blocks) &* unit, Int64(clamping: information.f_bavail) &* unit)
    }
}
