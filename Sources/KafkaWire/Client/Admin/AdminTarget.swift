import KafkaProtocol
import WireStreams

/// The broker to which an item of an administrative operation is sent.
enum AdminTarget: Hashable {
    case anyBroker
    case controller
    case broker(Int32)
    case leader(TopicPartition)
    case coordinator(CoordinatorKey)
}

/// A broker to which some items are sent in one request.
enum AdminDestination: Hashable {
    case anyBroker
    case controller
    case broker(Int32)
    case address(SocketAddress)
}

extension KafkaClient {
    func withDestination<R>(
        _ destination: AdminDestination, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        switch destination {
        case .anyBroker: try withAnyBroker(cancellation, body)
        case .controller: try withController(cancellation, body)
        case .broker(let id): try withBroker(id, cancellation, body)
        case .address(let address): try withConnection(to: address, cancellation, body)
        }
    }

    /// Finds the brokers of all targets with one request for all leaders, and one for the coordinators of each kind.
    func destinations(of targets: Set<AdminTarget>) -> [AdminTarget: Result<AdminDestination, KafkaError>] {
        var found: [AdminTarget: Result<AdminDestination, KafkaError>] = [:]
        var topics: Set<String> = []
        var coordinators: [CoordinatorKey] = []
        for target in targets {
            switch target {
            case .anyBroker: found[target] = .success(.anyBroker)
            case .controller: found[target] = .success(.controller)
            case .broker(let id): found[target] = .success(.broker(id))
            case .leader(let partition): topics.insert(partition.topic)
            case .coordinator(let key):
                if let address = cachedCoordinator(of: key) {
                    found[target] = .success(.address(address))
                } else {
                    coordinators.append(key)
                }
            }
        }
        let leaders = topics.isEmpty ? .success([:]) : leaders(of: topics.sorted())
        for case .leader(let partition) in targets {
            found[.leader(partition)] = leaders.flatMap { leaders in
                guard let leader = leaders[partition] else {
                    return .failure(.code(.unknownTopicOrPartition, about: "partition \(partition)"))
                }
                return leader.map(AdminDestination.broker)
            }
        }
        for (key, address) in findCoordinators(of: coordinators) {
            found[.coordinator(key)] = address.map(AdminDestination.address)
        }
        return found
    }

    private func leaders(
        of topics: [String]
    ) -> Result<[TopicPartition: Result<Int32, KafkaError>], KafkaError> {
        Result { () throws(KafkaError) in
            var leaders: [TopicPartition: Result<Int32, KafkaError>] = [:]
            for topic in try metadata(topics: topics, cancellation).topics {
                for partition in topic.partitions {
                    let key = TopicPartition(topic.name ?? "", partition.partitionIndex)
                    leaders[key] = partition.leaderID >= 0
                        ? .success(partition.leaderID)
                        : .failure(.code(.leaderNotAvailable, about: "partition \(key)"))
                }
            }
            return leaders
        }
    }

    private func findCoordinators(of keys: [CoordinatorKey]) -> [(CoordinatorKey, Result<SocketAddress, KafkaError>)] {
        Dictionary(grouping: keys, by: \.type).values.flatMap { keys in
            do throws(KafkaError) {
                let found = try withAnyBroker(cancellation) { connection throws(KafkaError) in
                    try connection.findCoordinators(of: keys)
                }
                for case (let key, .success(let address)) in found { cacheCoordinator(address, of: key) }
                return found
            } catch {
                return keys.map { ($0, .failure(error)) }
            }
        }
    }
}
