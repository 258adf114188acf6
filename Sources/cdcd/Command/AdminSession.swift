import ConnectRuntime
import KafkaProtocol
import KafkaWire

/// The client of a command for administration. Closed when it is released.
struct AdminSession: ~Copyable {
    private let client: KafkaClient
    let admin: KafkaAdmin

    init(_ invocation: Invocation) throws {
        var configuration = try CommandArguments(invocation).settings(.admin, ClientArguments(invocation)).client
        configuration.observer = ConnectionWarnings()
        client = KafkaClient(configuration)
        admin = KafkaAdmin(client)
    }

    deinit { client.close() }
}

extension KafkaError {
    /// The same, or a shorter text if the topic does not exist.
    func about(topic: String) -> any Error {
        errorCode == .unknownTopicOrPartition ? CommandError("topic \(topic) does not exist") : self
    }
}

extension KafkaAdmin {
    /// The descriptions of topics.
    ///
    /// - Throws: what is wrong with the first of them that has none.
    func topics(_ names: [String]) throws -> [TopicDescription] {
        try zip(names, describeTopics(names)).map { name, result in
            try result.mapError { $0.about(topic: name) as any Error }.get()
        }
    }

    /// The offset that a position denotes in each partition, in the same order.
    func offsets(
        of partitions: [KafkaProtocol.TopicPartition], at position: PositionText,
        _ isolation: IsolationLevel = .readUncommitted
    ) -> [Result<Int64, KafkaError>] {
        func list(_ spec: OffsetSpec) -> [Result<Int64?, KafkaError>] {
            listOffsets(partitions.map { ($0, spec) }, isolation: isolation).map { $0.map(\.offset) }
        }
        switch position {
        case .beginning: return list(.earliest).map { $0.map { $0 ?? 0 } }
        case .end: return list(.latest).map { $0.map { $0 ?? 0 } }
        case .offset(let offset): return partitions.map { _ in .success(offset) }
        case .beforeEnd(let count):
            return zip(list(.earliest), list(.latest)).map { beginning, end in
                beginning.flatMap { beginning in end.map { end in max(beginning ?? 0, (end ?? 0) - count) } }
            }
        case .time(let milliseconds):
            // Without a record as late, the position is the end.
            return zip(list(.timestamp(milliseconds)), list(.latest)).map { found, end in
                found.flatMap { found in end.map { end in found ?? end ?? 0 } }
            }
        }
    }
}
