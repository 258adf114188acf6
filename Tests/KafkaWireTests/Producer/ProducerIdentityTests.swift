import Foundation
import KafkaProtocol
import Testing
import WireStreams

@testable import KafkaWire
@testable import WireCore

/// A producer's id and epochs, and the connection's authentication, in the core.
@Suite struct ProducerIdentityTests {
    private static let now = MonotonicInstant(nanoseconds: 1_000_000_000)
    private static let later = now.advanced(byMilliseconds: 60_000)

    private static func core() -> ProducerCore {
        var core = ProducerCore(ProducerConfiguration())
        core.adopt(ProducerIdentity(producerID: 7, epoch: 3))
        let topic = ProducerCore.TopicState(name: "t", index: 0)
        core.topics.append(topic)
        core.topicsByName["t"] = topic
        _ = core.update([
            TopicDescription(name: "t", partitions: [.init(index: 0, leader: 1, replicas: [1], inSyncReplicas: [1])])
        ])
        core.connected(1)
        return core
    }

    private static let record = ProducerCore.NewRecord(
        topicIndex: 0, partition: 0, key: nil, value: nil, headers: [], timestampMilliseconds: 0, tag: 0, receipt: nil)

    private static func place(_ core: inout ProducerCore) -> ProducerCore.BatchID? {
        guard case .send(let assignments) = core.nextStep(ofBroker: 1, now: later) else { return nil }
        return assignments.first?.place
    }

    /// The broker has lost the producer's state.
    private static func loseState(_ core: inout ProducerCore) throws {
        guard case .appended = core.append(record, now: now) else {
            Issue.record("not appended")
            return
        }
        let place = try require(Self.place(&core))
        _ = core.settle(
            [ProducerCore.Answer(place: place, outcome: .refused(.outOfOrderSequenceNumber))], ofBroker: 1, now: now)
    }

    @Test func idempotentProducerRaisesItsEpoch() throws {
        var core = Self.core()
        try Self.loseState(&core)
        expect(core.identity == ProducerIdentity(producerID: 7, epoch: 4))
        expect(!core.needsIdentity)
    }

    @Test func batchOpensAtTheGivenTime() throws {
        var core = Self.core()
        expect(core.appendToOpenBatch(Self.record) == nil)
        _ = core.append(Self.record, now: Self.now)
        expect(core.topics[0].partitions[0].open?.openedAt == Self.now)
        expect(core.appendToOpenBatch(Self.record) != nil)
    }

    /// KIP-368: the connection is replaced when its requests are answered.
    @Test func connectionIsReplacedBeforeItsAuthenticationExpires() throws {
        var core = Self.core()
        // Not due yet when the first request is sent.
        core.connected(1, reauthenticateAt: Self.later.advanced(byMilliseconds: 1))
        _ = core.append(Self.record, now: Self.now)
        let place = try require(Self.place(&core))
        let due = Self.later.advanced(byMilliseconds: 2)
        guard case .sleep = core.nextStep(ofBroker: 1, now: due) else { return expect(false) }
        _ = core.settle([ProducerCore.Answer(place: place, outcome: .stored)], ofBroker: 1, now: due)
        guard case .disconnect = core.nextStep(ofBroker: 1, now: due) else { return expect(false) }
        _ = core.append(Self.record, now: due)
        guard case .sleep = core.nextStep(ofBroker: 1, now: due) else { return expect(false) }
        _ = core.disconnected(1)
        guard case .connect = core.nextStep(ofBroker: 1, now: due) else { return expect(false) }
    }

    @Test func lostConnectionIsNotClosedAgain() throws {
        var core = Self.core()
        core.connected(1, reauthenticateAt: Self.now)
        _ = core.disconnected(1)
        _ = core.append(Self.record, now: Self.now)
        guard case .connect = core.nextStep(ofBroker: 1, now: Self.later) else { return expect(false) }
    }

    @Test func transactionalRequestCarriesIDAndBit() throws {
        var open = OpenBatch(capacityBytes: 64, openedAt: Self.now)
        _ = open.append(Self.record, key: nil, value: nil)
        let stamp = SequenceStamp(producerID: 7, producerEpoch: 3, baseSequence: 0)
        let batch = OutgoingBatch(
            topic: "t", partition: 0, SealedBatch(open), stamp, ProducerConfiguration(), isTransactional: true)
        #expect(batch.header.isTransactional)
        let output = OutputStream.toMemory()
        output.open()
        let sender = RequestSender(output: output, broker: SocketAddress(host: "h", port: 1), clientID: "c")
        let request = OutgoingRequest(batches: [batch], acks: .all, timeoutMilliseconds: 1, transactionalID: "x")
        try sender.send(request, version: 9)
        let bytes = try #require(output.property(forKey: .dataWrittenToMemoryStreamKey) as? Data)
        let sent = try [UInt8](bytes.dropFirst(4)).withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            _ = try RequestHeader(from: &reader)
            return try ProduceRequest.decode(reader, version: 9)
        }
        #expect(sent.transactionalID == "x")
        let records = try #require(sent.topicData.first?.partitionData.first?.records)
        let header = try records.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            return try RecordBatchHeader(from: &reader)
        }
        #expect(header.isTransactional && header.producerID == 7)
    }
}
