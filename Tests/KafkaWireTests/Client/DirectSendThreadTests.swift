import Foundation
import KafkaProtocol
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import KafkaBroker
@testable import KafkaWire

/// Which thread sends, over real sockets with the development broker.
@Suite(.serialized) struct DirectSendThreadTests {
    enum Sender { case caller, writer }

    /// Records on which threads batches are sent.
    private final class Senders: KafkaClientObserver {
        private let senders = Mutex<[Sender]>([])
        /// The thread of the test.
        private let caller = pthread_self()

        func batchSent(_ batch: KafkaBatchEvent) {
            let sender: Sender = pthread_equal(pthread_self(), caller) != 0 ? .caller : .writer
            senders.withLock { $0.append(sender) }
        }

        /// Those since the last call.
        func take() -> [Sender] {
            senders.withLock { senders in
                defer { senders = [] }
                return senders
            }
        }
    }

    private static func run(
        _ configuration: ProducerConfiguration = ProducerConfiguration(),
        _ body: (KafkaProducer, Senders) throws -> Void
    ) throws {
        let senders = Senders()
        let cluster = try Cluster { $0.observer = senders }
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client, configuration)
        defer { producer.close(timeoutMilliseconds: 5000) }
        try body(producer, senders)
    }

    /// Sends until the writer, which has opened the connection, sleeps.
    private static func sendUntilIdle(_ producer: KafkaProducer, _ senders: Senders) throws {
        for _ in 0..<1000 {
            try producer.send("t", key: nil, value: [1])
            if senders.take().contains(.caller) { return }
        }
        Issue.record("the writer never sleeps")
    }

    @Test func callerSendsWhileTheConnectionIsIdle() throws {
        try Self.run { producer, senders in
            try Self.sendUntilIdle(producer, senders)
            for _ in 0..<20 { try producer.send("t", key: nil, value: [1]) }
            #expect(senders.take() == Array(repeating: .caller, count: 20))
            // A flush of records that were appended before.
            let topic = try producer.topic("t")
            try producer.append("x", to: topic)
            try producer.awaitDelivery()
            _ = senders.take()
            for _ in 0..<20 {
                try producer.append("x", to: topic)
                try producer.append("y", to: topic)
                try producer.awaitDelivery()
            }
            #expect(senders.take().contains(.caller))
        }
    }

    @Test func writerSendsLargeBatches() throws {
        try Self.run { producer, senders in
            try Self.sendUntilIdle(producer, senders)
            try producer.send("t", key: nil, value: [UInt8](repeating: 1, count: ProducerCore.directBytesMax))
            #expect(senders.take() == [.writer])
        }
    }

    /// Without a response nothing else reports that the records are sent.
    @Test func writerSendsIfBrokersDoNotRespond() throws {
        var configuration = ProducerConfiguration()
        configuration.isIdempotent = false
        configuration.acks = .none
        try Self.run(configuration) { producer, senders in
            for _ in 0..<20 { try producer.send("t", key: nil, value: [1]) }
            #expect(Set(senders.take()) == [.writer])
        }
    }

    /// A connection that is lost between two sends is replaced, and each record is stored once.
    @Test func recordsAreStoredOnceIfConnectionsAreLost() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        for index in 0..<100 {
            if index % 10 == 5 { cluster.cutConnections() }
            try producer.send("t", key: nil, value: Array("\(index)".utf8))
        }
        producer.close(timeoutMilliseconds: 5000)
        let values = try cluster.records(of: "t").map { String(decoding: $0.value ?? [], as: UTF8.self) }
        #expect(values == (0..<100).map { "\($0)" })
    }
}
