import KafkaProtocol
import Testing
import WireStreams

@testable import KafkaWire

@Suite struct ClusterMetadataTests {
    private func address(_ port: UInt16) -> SocketAddress { SocketAddress(host: "h", port: port) }

    private func metadata(ports: [Int32]) -> ClusterMetadata {
        var response = MetadataResponse()
        response.brokers = ports.map { port in
            var broker = MetadataResponse.Broker()
            broker.nodeID = port
            broker.host = "h"
            broker.port = port
            return broker
        }
        var metadata = ClusterMetadata()
        metadata.update(response)
        return metadata
    }

    @Test func bootstrapServersAreTriedAfterBrokers() {
        let candidates = metadata(ports: [2, 1]).candidates(bootstrap: [address(9), address(2)])
        #expect(candidates == [address(1), address(2), address(9)])
    }

    /// An unreachable broker takes the whole connection timeout, so it is tried last until it is reachable again.
    @Test func unreachableAddressesAreTriedLast() {
        var metadata = metadata(ports: [1, 2])
        metadata.note(address(1), isReachable: false)
        #expect(metadata.candidates(bootstrap: [address(9)]) == [address(2), address(9), address(1)])
        metadata.note(address(1), isReachable: true)
        #expect(metadata.candidates(bootstrap: [address(9)]) == [address(1), address(2), address(9)])
    }

    @Test func invalidPortIsIgnored() {
        #expect(metadata(ports: [70_000, -1, 1]).candidates(bootstrap: []) == [address(1)])
    }

    @Test func correlationIDsWrapToZero() {
        #expect(RequestSender.correlationID(after: 0) == 1)
        #expect(RequestSender.correlationID(after: .max) == 0)
    }
}
