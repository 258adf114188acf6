import Foundation
import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Transactions through the broker's requests.
@Suite struct TransactionTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ body: (DevelopmentBroker, RawClient) throws -> Void) throws {
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        defer { broker.stop() }
        for name in ["t", "u"] {
            _ = try broker.service.topics.create(name: name, partitionCount: 1, configuration: TopicConfiguration())
        }
        try body(broker, try RawClient(broker.address))
    }

    private func initialize(_ client: RawClient, timeout: Int32 = 60_000) throws -> InitProducerIdResponse {
        var request = InitProducerIdRequest()
        request.transactionalID = "x"
        request.transactionTimeoutMilliseconds = timeout
        return try client.call(request, version: 4)
    }

    private func add(
        _ client: RawClient, _ producer: InitProducerIdResponse, _ topics: [String]
    ) throws -> [KafkaErrorCode] {
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalID = "x"
        request.v3AndBelowProducerID = producer.producerID
        request.v3AndBelowProducerEpoch = producer.producerEpoch
        request.v3AndBelowTopics = topics.map { name in
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = name
            topic.partitions = [0]
            return topic
        }
        return try client.call(request, version: 3).resultsByTopicV3AndBelow.flatMap {
            $0.resultsByPartition.map(\.partitionErrorCode)
        }
    }

    private func produce(
        _ client: RawClient, _ producer: InitProducerIdResponse, _ topic: String, _ value: String, sequence: Int32,
        version: Int16 = 9, transactionalID: String? = "x"
    ) throws -> KafkaErrorCode? {
        var partition = ProduceRequest.PartitionProduceData()
        partition.records = TestBatches.altered(
            try TestBatches.make(
                [("k", value)],
                stamp: .init(
                    producerID: producer.producerID, producerEpoch: producer.producerEpoch, baseSequence: sequence))
        ) { $0[22] |= 0x10 }
        var entry = ProduceRequest.TopicProduceData()
        entry.name = topic
        entry.partitionData = [partition]
        var request = ProduceRequest()
        request.transactionalID = transactionalID
        request.acks = -1
        request.topicData = [entry]
        return try client.call(request, version: version).responses.first?.partitionResponses.first?.errorCode
    }

    private func end(
        _ client: RawClient, _ producer: InitProducerIdResponse, commit: Bool, version: Int16 = 3
    ) throws -> EndTxnResponse {
        var request = EndTxnRequest()
        request.transactionalID = "x"
        request.producerID = producer.producerID
        request.producerEpoch = producer.producerEpoch
        request.committed = commit
        return try client.call(request, version: version)
    }

    private func committed(_ broker: DevelopmentBroker, _ topic: String) throws -> [String] {
        try #require(broker.service.topics.topic(named: topic)).partitions[0].allRecords(.committed)
    }

    @Test func committedAndAbortedTransactionsReachAllPartitions() throws {
        try run { broker, client in
            let producer = try initialize(client)
            #expect(try produce(client, producer, "t", "0", sequence: 0) == .invalidTxnState)
            #expect(try produce(client, producer, "t", "0", sequence: 0, transactionalID: nil)
                == .transactionalIDAuthorizationFailed)
            #expect(try add(client, producer, ["t", "none"]) == [.operationNotAttempted, .unknownTopicOrPartition])
            #expect(try add(client, producer, ["t", "u"]) == [.none, .none])
            #expect(try produce(client, producer, "t", "1", sequence: 0) == KafkaErrorCode.none)
            #expect(try produce(client, producer, "u", "1", sequence: 0) == KafkaErrorCode.none)
            #expect(try committed(broker, "t") == [])
            #expect(try end(client, producer, commit: true).errorCode == .none)
            #expect(try committed(broker, "t") == ["0:k=1"])
            #expect(try committed(broker, "u") == ["0:k=1"])
            #expect(try add(client, producer, ["t"]) == [.none])
            #expect(try produce(client, producer, "t", "2", sequence: 1) == KafkaErrorCode.none)
            #expect(try end(client, producer, commit: false).errorCode == .none)
            #expect(try committed(broker, "t") == ["0:k=1"])
        }
    }

    @Test func transactionsOfVersion2AddPartitionsByWriting() throws {
        try run { broker, client in
            var producer = try initialize(client)
            for (sequence, commit) in [true, false, true].enumerated() {
                let produced = try produce(client, producer, "t", "\(sequence)", sequence: 0, version: 12)
                #expect(produced == KafkaErrorCode.none)
                let ended = try end(client, producer, commit: commit, version: 5)
                #expect(ended.errorCode == .none)
                #expect(ended.producerID == producer.producerID && ended.producerEpoch == producer.producerEpoch + 1)
                #expect(try produce(client, producer, "t", "late", sequence: 1, version: 12) == .invalidProducerEpoch)
                producer.producerEpoch = ended.producerEpoch
            }
            #expect(try committed(broker, "t") == ["0:k=0", "4:k=2"])
        }
    }

    /// A transaction whose producer has disappeared is ended by the next producer or by its timeout.
    @Test func abandonedTransactionsAreAborted() throws {
        try run { broker, client in
            let first = try initialize(client)
            #expect(try add(client, first, ["t"]) == [.none])
            #expect(try produce(client, first, "t", "1", sequence: 0) == KafkaErrorCode.none)
            #expect(try initialize(client).errorCode == .concurrentTransactions)
            let second = try initialize(client, timeout: 1)
            #expect(second.producerEpoch > first.producerEpoch)
            #expect(try end(client, first, commit: true).errorCode == .producerFenced)
            #expect(try add(client, second, ["t"]) == [.none])
            #expect(try produce(client, second, "t", "2", sequence: 0) == KafkaErrorCode.none)
            while broker.service.transactions.transaction("x")?.phase != .completeAbort {}
            #expect(try end(client, second, commit: true).errorCode == .producerFenced)
            #expect(try committed(broker, "t") == [])
            let topic = try #require(broker.service.topics.topic(named: "t"))
            #expect(topic.partitions[0].lastStableOffset == 4)
        }
    }

    private func commitOffset(
        _ client: RawClient, _ producer: InitProducerIdResponse, _ offset: Int64, version: Int16
    ) throws -> KafkaErrorCode? {
        var partition = TxnOffsetCommitRequest.Partition()
        partition.committedOffset = offset
        var topic = TxnOffsetCommitRequest.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = TxnOffsetCommitRequest()
        request.transactionalID = "x"
        request.groupID = "g"
        request.producerID = producer.producerID
        request.producerEpoch = producer.producerEpoch
        request.topics = [topic]
        return try client.call(request, version: version).topics.first?.partitions.first?.errorCode
    }

    private func offset(_ client: RawClient, requireStable: Bool = false) throws -> OffsetFetchResponse.Partition {
        var topic = OffsetFetchRequest.Topic()
        topic.name = "t"
        topic.partitionIndexes = [0]
        var request = OffsetFetchRequest()
        request.groupID = "g"
        request.topics = [topic]
        request.requireStable = requireStable
        return try #require(try client.call(request, version: 7).topics.first?.partitions.first)
    }

    @Test func offsetsBecomeValidWithTheirTransaction() throws {
        var producer = InitProducerIdResponse()
        try run { _, client in
            producer = try initialize(client)
            #expect(try commitOffset(client, producer, 1, version: 3) == .invalidTxnState)
            var request = AddOffsetsToTxnRequest()
            request.transactionalID = "x"
            request.producerID = producer.producerID
            request.producerEpoch = producer.producerEpoch
            request.groupID = "g"
            #expect(try client.call(request, version: 3).errorCode == .none)
            #expect(try commitOffset(client, producer, 7, version: 3) == KafkaErrorCode.none)
            #expect(try offset(client).committedOffset == -1)
            #expect(try offset(client, requireStable: true).errorCode == .unstableOffsetCommit)
        }
        // The open transaction and its offset survive a restart.
        try run { _, client in
            let pending = try offset(client, requireStable: true)
            #expect(pending.errorCode == .unstableOffsetCommit)
            let committed = try end(client, producer, commit: true)
            #expect(committed.errorCode == .none)
            let valid = try offset(client, requireStable: true)
            #expect(valid.errorCode == .none && valid.committedOffset == 7)
            let added = try commitOffset(client, producer, 9, version: 5)
            #expect(added == KafkaErrorCode.none)
            let aborted = try end(client, producer, commit: false, version: 5)
            #expect(aborted.errorCode == .none)
            let same = try offset(client, requireStable: true)
            #expect(same.committedOffset == 7)
        }
    }

    /// The decision is stored before the markers are written: what is missing is written after a restart.
    @Test func decidedTransactionIsCompletedAfterARestart() throws {
        try run { broker, client in
            let producer = try initialize(client)
            #expect(try add(client, producer, ["t"]) == [.none])
            #expect(try produce(client, producer, "t", "1", sequence: 0) == KafkaErrorCode.none)
        }
        let data = try DataDirectory(path: directory.path + "/data")
        var states: [TransactionState] = []
        var journal = try Journal<TransactionJournalEntry>(TransactionJournalEntry.fileName, in: data) { entry in
            if case .state(let state) = entry { states.append(state) }
        }
        var state = try #require(states.last)
        _ = state.end(
            isCommit: true, producerID: state.producerID, epoch: state.epoch, bumpsEpoch: false, spareProducerID: -1,
            now: 0)
        try journal.append([.state(state)])
        data.release()
        try run { broker, _ in
            while broker.service.transactions.transaction("x")?.phase != .completeCommit {}
            let records = try committed(broker, "t")
            #expect(records == ["0:k=1"])
        }
    }

    @Test func transactionsAndProducersAreDescribed() throws {
        try run { broker, client in
            let producer = try initialize(client)
            #expect(try add(client, producer, ["t"]) == [.none])
            #expect(try produce(client, producer, "t", "1", sequence: 0) == KafkaErrorCode.none)
            var describe = DescribeTransactionsRequest()
            describe.transactionalIDs = ["x", "y"]
            let described = try client.call(describe, version: 0).transactionStates
            #expect(described.map(\.errorCode) == [.none, .transactionalIDNotFound])
            #expect(described[0].transactionState == "Ongoing" && described[0].topics.map(\.topic) == ["t"])
            func list(_ change: (inout ListTransactionsRequest) -> Void) throws -> ListTransactionsResponse {
                var request = ListTransactionsRequest()
                change(&request)
                return try client.call(request, version: 2)
            }
            #expect(try list { _ in }.transactionStates.map(\.transactionalID) == ["x"])
            #expect(try list { $0.stateFilters = ["Empty", "Odd"] }.transactionStates.isEmpty)
            #expect(try list { $0.stateFilters = ["Empty", "Odd"] }.unknownStateFilters == ["Odd"])
            #expect(try list { $0.transactionalIDPattern = "y.*" }.transactionStates.isEmpty)
            #expect(try list { $0.transactionalIDPattern = "(" }.errorCode == .invalidRegularExpression)
            #expect(try list { $0.durationFilter = 100_000 }.transactionStates.isEmpty)
            var topic = DescribeProducersRequest.TopicRequest()
            topic.name = "t"
            topic.partitionIndexes = [0, 1]
            var producers = DescribeProducersRequest()
            producers.topics = [topic]
            let partitions = try #require(try client.call(producers, version: 0).topics.first).partitions
            #expect(partitions.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            #expect(partitions[0].activeProducers.first?.currentTxnStartOffset == 0)
            #expect(partitions[0].activeProducers.first?.producerID == producer.producerID)
        }
    }
}
