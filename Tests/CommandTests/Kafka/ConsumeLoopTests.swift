import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireStreams

@testable import cdcd

/// The loop of `cdcd consume` with a broker in this process.
@Suite struct ConsumeLoopTests {
    private static let first = KafkaProtocol.TopicPartition("t", 0)
    private static let second = KafkaProtocol.TopicPartition("t", 1)

    /// A broker with the topic `t` of two partitions, and the file to which the loops write.
    private final class Harness {
        private let directory = URL(filePath: NSTemporaryDirectory() + "cdcd-consume-test-" + UUID().uuidString)
        private let broker: DevelopmentBroker
        private let output: Int32
        let client: KafkaClient

        init() throws {
            broker = try DevelopmentBroker(
                listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path)
            broker.start()
            output = open(directory.appending(path: "output").path, O_RDWR | O_CREAT | O_APPEND, 0o600)
            client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker.address]))
            for result in KafkaAdmin(client).createTopics([NewTopic(name: "t", partitions: 2, replicationFactor: 1)]) {
                _ = try result.get()
            }
        }

        deinit {
            close(output)
            client.close()
            broker.stop()
            try? FileManager.default.removeItem(at: directory)
        }

        /// What was written since the last call.
        func written() throws -> [String] {
            let file = directory.appending(path: "output")
            defer { ftruncate(output, 0) }
            return try String(decoding: Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map(String.init)
        }

        func send(_ values: [String], partition: Int32 = 0, transaction: String? = nil) throws {
            var configuration = ProducerConfiguration()
            configuration.transactionalID = transaction
            let producer = KafkaProducer(client, configuration)
            defer { producer.close(timeoutMilliseconds: 1000) }
            if transaction != nil {
                try producer.initTransactionsAndWait()
                try producer.beginTransaction()
            }
            for value in values { try producer.sendAndWait(KafkaRecord(topic: "t", partition: partition, value: value)) }
            if transaction != nil { try producer.commitTransactionAndWait() }
        }

        func consumer(group: String? = nil) -> KafkaConsumer {
            var configuration = ConsumerConfiguration(groupID: group)
            configuration.offsetReset = .earliest
            return KafkaConsumer(client, configuration)
        }

        /// - Parameter options: those of `cdcd consume`.
        func loop(
            _ consumer: KafkaConsumer, _ options: String..., range: ConsumeRange = ConsumeRange(), count: Int = .max,
            output: Int32? = nil, interruption: Interruption = Interruption()
        ) throws -> ConsumeLoop {
            guard case .run(let invocation) = try Invocation.parse(["consume", "t"] + options, isFile: { _ in false }) else {
                throw CommandError("\(options) are no options")
            }
            var loop = ConsumeLoop(
                consumer, KafkaAdmin(client), range, try RecordPrinter(CommandArguments(invocation)),
                ReadingLimits(countMax: count, endTime: range.endTime), interruption, idleMillisecondsMax: 20_000)
            loop.output = BufferedOutput(descriptor: output ?? self.output)
            return loop
        }
    }

    @Test func eachPartitionIsReadToTheEndThatItHadAtTheStart() throws {
        let harness = try Harness()
        try harness.send(["a", "b", "c"])
        try harness.send(["x"], partition: 1)
        let consumer = harness.consumer()
        var loop = try harness.loop(consumer)
        try loop.assign([Self.first, Self.second])
        try harness.send(["late"])
        try loop.run()
        #expect(try harness.written().sorted() == ["a", "b", "c", "x"])
        #expect(loop.count == 4)
        #expect(consumer.paused == [Self.first, Self.second])
        #expect(try consumer.position(of: Self.first) == 3)
        consumer.close()
    }

    @Test func endOfATransactionAtTheEndOfAPartitionIsPassed() throws {
        let harness = try Harness()
        try harness.send(["a", "b"], transaction: "one")
        let consumer = harness.consumer()
        var loop = try harness.loop(consumer)
        try loop.assign([Self.first])
        try loop.run()
        #expect(try harness.written() == ["a", "b"])
        consumer.close()
    }

    @Test func partitionsWithoutRecordsInTheRangeAreNotFetched() throws {
        let harness = try Harness()
        try harness.send(["a", "b", "c"])
        let consumer = harness.consumer()
        var loop = try harness.loop(consumer, range: ConsumeRange(from: .offset(1), until: .offset(2)))
        try loop.assign([Self.first, Self.second])
        #expect(consumer.assignment == [Self.first])
        try loop.run()
        #expect(try harness.written() == ["b"])
        consumer.close()
    }

    @Test func groupContinuesAfterTheLastRecordThatWasWritten() throws {
        let harness = try Harness()
        try harness.send((0..<10).map(String.init))
        for expected in [["0", "1", "2"], ["3", "4", "5"]] {
            let consumer = harness.consumer(group: "g")
            var loop = try harness.loop(consumer, count: 3)
            try loop.subscribe(to: ["t"])
            try loop.run()
            #expect(try harness.written() == expected)
            consumer.close()
        }
    }

    @Test func recordsThatTheReaderDidNotTakeAreReadAgain() throws {
        signal(SIGPIPE, SIG_IGN)
        let harness = try Harness()
        try harness.send((0..<10).map(String.init))
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        let consumer = harness.consumer(group: "g")
        var loop = try harness.loop(consumer, output: ends[1])
        try loop.subscribe(to: ["t"])
        #expect(throws: BufferedOutput.ClosedPipeError.self) { try loop.run() }
        #expect(try consumer.position(of: Self.first) == 0)
        consumer.close()
        close(ends[1])
    }

    @Test func recordThatCannotBeWrittenEndsTheLoopAfterThoseBefore() throws {
        let harness = try Harness()
        try harness.send(["1", "2", "no JSON", "4"])
        let consumer = harness.consumer()
        var loop = try harness.loop(consumer, "--value-format=json")
        try loop.assign([Self.first])
        #expect(throws: CommandError.self) { try loop.run() }
        #expect(try harness.written() == ["1", "2"])
        #expect(try consumer.position(of: Self.first) == 2)
        consumer.close()
    }

    @Test func signalEndsALoopThatWaitsForRecords() throws {
        let harness = try Harness()
        try harness.send(["a"])
        let interruption = Interruption()
        let consumer = harness.consumer()
        interruption.onSignal { consumer.wakeup() }
        var loop = try harness.loop(consumer, range: ConsumeRange(isFollowing: true), interruption: interruption)
        try loop.assign([Self.first])
        let received = ThreadCompletion()
        startThread(named: "test-signal") {
            _ = interruption.request(SIGTERM)
            received.finish()
        }
        try loop.run()
        #expect(interruption.number == SIGTERM)
        received.wait()
        consumer.close()
    }

    @Test func interruptionWithoutAnActionIsNotHandled() {
        let interruption = Interruption()
        #expect(!interruption.request(SIGINT))
        #expect(interruption.isRequested)
        #expect(Interruption.exitCode(of: SIGINT) == 130)
    }
}
