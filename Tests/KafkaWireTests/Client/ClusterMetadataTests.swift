import KafkaProtocol
import Testing
import WireCore
import WireStreams

@testable import KafkaWire

@Suite struct ClusterMetadataTests {
    private typealias Node = (id: Int32, port: Int32)
    private static let id = KafkaUUID(high: 1, low: 2)
    private let start = MonotonicInstant.now

    private func address(_ port: UInt16) -> SocketAddress { SocketAddress(host: "h", port: port) }

    private func response(
        _ nodes: [Node], cluster: String? = "c", topic: [(leader: Int32, epoch: Int32)] = [], id: KafkaUUID = id
    ) -> MetadataResponse {
        var response = MetadataResponse()
        response.clusterID = cluster
        response.brokers = nodes.map { node in
            var broker = MetadataResponse.Broker()
            broker.nodeID = node.id
            broker.host = "h"
            broker.port = node.port
            return broker
        }
        var entry = MetadataResponse.Topic()
        entry.name = "t"
        entry.topicID = id
        entry.partitions = topic.enumerated().map { index, leader in
            var partition = MetadataResponse.Partition()
            partition.partitionIndex = Int32(index)
            partition.leaderID = leader.leader
            partition.leaderEpoch = leader.epoch
            return partition
        }
        response.topics = topic.isEmpty ? [] : [entry]
        return response
    }

    private func leaders(_ response: MetadataResponse) -> [Int32] { response.topics[0].partitions.map(\.leaderID) }

    @Test func knownBrokersAreTriedFromADifferentOneEachTime() {
        var (metadata, response) = (ClusterMetadata(), response([(2, 2), (1, 1), (3, 3)]))
        _ = metadata.update(&response, now: start)
        #expect(metadata.addresses(rotation: 0) == [address(1), address(2), address(3)])
        #expect(metadata.addresses(rotation: 4) == [address(2), address(3), address(1)])
        #expect(metadata.addresses(rotation: -1).count == 3)
        #expect(ClusterMetadata().addresses(rotation: 5) == [])
    }

    @Test func invalidPortIsIgnored() {
        var (metadata, response) = (ClusterMetadata(), response([(1, 70_000), (2, -1), (3, 3)]))
        _ = metadata.update(&response, now: start)
        #expect(metadata.addresses(rotation: 0) == [address(3)])
    }

    @Test func responseWithoutBrokersChangesNothing() {
        var (metadata, first, empty) = (ClusterMetadata(), response([(1, 1)]), response([], cluster: "d"))
        _ = metadata.update(&first, now: start)
        let changes1 = metadata.update(&empty, now: start)
        #expect(changes1 == [])
        #expect(metadata.clusterID == "c" && metadata.addresses(rotation: 0) == [address(1)])
    }

    @Test func movedBrokersAndOtherClustersAreReported() {
        var (metadata, first, second) = (ClusterMetadata(), response([(1, 1), (2, 2)]), response([(1, 11), (2, 2)]))
        let changes2 = metadata.update(&first, now: start)
        #expect(changes2 == [])
        let changes3 = metadata.update(&second, now: start)
        #expect(changes3 == [.addressRemoved(address(1))])
        #expect(metadata.brokers[1]?.address == address(11))
        var other = response([(1, 11), (2, 2)], cluster: "d")
        let changes4 = metadata.update(&other, now: start)
        #expect(changes4 == [.clusterID(from: "c", to: "d")])
    }

    /// A broker that lags behind the controller answers with a leader of the past.
    @Test func leadersOfOlderEpochsAreReplaced() {
        var metadata = ClusterMetadata()
        var new = response([(1, 1)], topic: [(1, 5), (1, 5)])
        _ = metadata.update(&new, now: start)
        var late = response([(1, 1)], topic: [(2, 4), (2, 6)])
        _ = metadata.update(&late, now: start)
        #expect(leaders(late) == [1, 2])
        #expect(late.topics[0].partitions.map(\.leaderEpoch) == [5, 6])
        // Without epochs, before Kafka 2.2, and for a topic that was created again, each response counts.
        var unknown = response([(1, 1)], topic: [(3, -1), (3, -1)])
        _ = metadata.update(&unknown, now: start)
        #expect(leaders(unknown) == [3, 3])
        var again = response([(1, 1)], topic: [(4, 0), (4, 0)], id: KafkaUUID(high: 3, low: 4))
        _ = metadata.update(&again, now: start)
        #expect(leaders(again) == [4, 4])
    }

    @Test func unknownTopicIDsAreForgottenUntilTheNextResponse() {
        var (metadata, response) = (ClusterMetadata(), response([(1, 1)], topic: [(1, 5)]))
        #expect(metadata.topicID(of: "t") == nil)
        _ = metadata.update(&response, now: start)
        #expect(metadata.topicID(of: "t") == Self.id)
        metadata.forgetTopicID(of: "t")
        #expect(metadata.topicID(of: "t") == nil && metadata.needsRefresh(now: start, ageMillisecondsMax: 1000))
        _ = metadata.update(&response, now: start)
        #expect(metadata.topicID(of: "t") == Self.id)
        var empty = self.response([(1, 1)])
        _ = metadata.update(&empty, now: start.advanced(byMilliseconds: ClusterMetadata.topicIdleMillisecondsMax + 1))
        #expect(metadata.topicID(of: "t") == nil)
    }

    @Test func metadataIsRenewedWhenItIsOldOrABrokerFails() {
        var (metadata, response) = (ClusterMetadata(), response([(1, 1)]))
        #expect(metadata.needsRefresh(now: start, ageMillisecondsMax: 100))
        _ = metadata.update(&response, now: start)
        #expect(!metadata.needsRefresh(now: start.advanced(byMilliseconds: 99), ageMillisecondsMax: 100))
        #expect(metadata.needsRefresh(now: start.advanced(byMilliseconds: 100), ageMillisecondsMax: 100))
        metadata.noteFailure()
        #expect(metadata.needsRefresh(now: start, ageMillisecondsMax: 100))
    }

    @Test func brokersAreGivenUpAfterTheTriggerWithoutMetadata() {
        var (metadata, response) = (ClusterMetadata(), response([(1, 1)]))
        // Without known brokers there is nothing to give up.
        let isOverdue1 = metadata.requestBegins(now: start, triggerMilliseconds: 0)
        #expect(!isOverdue1)
        let isOverdue2 = metadata.requestBegins(now: start, triggerMilliseconds: 0)
        #expect(!isOverdue2)
        _ = metadata.update(&response, now: start)
        let isOverdue3 = metadata.requestBegins(now: start, triggerMilliseconds: 100)
        #expect(!isOverdue3)
        let isOverdue4 = metadata.requestBegins(now: start.advanced(byMilliseconds: 99), triggerMilliseconds: 100)
        #expect(!isOverdue4)
        let late = start.advanced(byMilliseconds: 100)
        let isOverdue5 = metadata.requestBegins(now: late, triggerMilliseconds: 100)
        #expect(isOverdue5)
        metadata.rebootstrap(now: late)
        #expect(metadata.addresses(rotation: 0) == [] && metadata.clusterID == "c")
        let isOverdue6 = metadata.requestBegins(now: late, triggerMilliseconds: 100)
        #expect(!isOverdue6)
    }

    @Test func correlationIDsWrapToZero() {
        #expect(RequestSender.correlationID(after: 0) == 1)
        #expect(RequestSender.correlationID(after: .max) == 0)
    }
}
