import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireTestSupport

@testable import ConnectRuntime

/// Sink connectors of a worker, which write the records of a broker to a file.
@Suite struct SinkTaskWorkTests {
    private let folder: TemporaryDirectory
    private let kafka: KafkaHarness

    init() throws {
        folder = try TemporaryDirectory()
        kafka = try KafkaHarness()
    }

    private var file: String { folder.path + "/lines" }

    private func makeWorker(_ properties: [String: String] = [:]) throws -> WorkerHarness {
        try WorkerHarness(kafka: kafka, properties: ["offset.flush.interval.ms": "50"].merging(properties) { $1 })
    }

    private func create(_ worker: WorkerHarness, _ properties: [String: String] = [:]) throws {
        var config = [
            "connector.class": "FileStreamSink", "topics": "t", "file": file,
            "value.converter": "org.apache.kafka.connect.storage.StringConverter",
        ]
        config.merge(properties) { $1 }
        let body = JSONValue.object([
            "name": .string("a"), "config": .object(JSONObject(config.map { ($0.key, .string($0.value)) })),
        ])
        #expect(try worker.call("POST", "/connectors", String(decoding: body.encoded(), as: UTF8.self)).status == 201)
    }

    private func createTopic(_ name: String = "t", partitions: Int32 = 1) throws {
        try kafka.admin.createTopics([NewTopic(name: name, partitions: partitions, replicationFactor: 1)]).get()
    }

    private func produce(_ values: String..., to topic: String = "t", partition: Int32 = 0) throws {
        let producer = KafkaProducer(kafka.client)
        let handle = try producer.topic(topic)
        for value in values {
            try RecordBatchBuilder.withBytes(Array(value.utf8)) { bytes in
                try producer.append(
                    to: handle, partition: partition, key: nil, value: bytes, timestampMilliseconds: 7)
            }
        }
        try producer.awaitDelivery(timeoutMilliseconds: KafkaHarness.waitMilliseconds)
        producer.close(timeoutMilliseconds: 1000)
    }

    private func lines() -> [String] {
        guard let text = FileManager.default.contents(atPath: file) else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Waits until a condition holds, which the worker's requests bring about.
    private func awaitCondition(
        sourceLocation: SourceLocation = #_sourceLocation, _ isFulfilled: () throws -> Bool
    ) rethrows {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: KafkaHarness.waitMilliseconds)
        while try !isFulfilled() {
            guard MonotonicInstant.now < deadline else {
                Issue.record("the condition does not hold", sourceLocation: sourceLocation)
                return
            }
            kafka.awaitRequests(moreThan: kafka.requestCount, milliseconds: 5)
        }
    }

    private func committed(_ group: String = "connect-a") throws -> [Int32: Int64] {
        let offsets = try kafka.admin.listGroupOffsets([(group, nil)])[0].get()
        var committed: [Int32: Int64] = [:]
        for offset in offsets { committed[offset.partition.partition] = try offset.offset.get()?.offset }
        return committed
    }

    @Test func recordsAreWrittenAndCommittedAndContinuedByTheNextWorker() throws {
        try createTopic()
        try produce("1", "2")
        let worker = try makeWorker()
        try create(worker)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        awaitCondition { lines() == ["1", "2"] }
        try produce("3")
        awaitCondition { lines() == ["1", "2", "3"] }
        let configs = try kafka.latest("configs")
        #expect(configs["task-a-0"]?.contains("FileStreamSinkTask") == true)
        #expect(configs["task-a-0"]?.contains("\"topics\":\"t\"") == true)
        worker.stop()
        // The end commits without waiting for the interval, and the member has left.
        #expect(try committed() == [0: 3])
        #expect(try kafka.admin.describeGroup("connect-a").members.isEmpty)
        try produce("4")
        let next = try makeWorker()
        defer { next.stop() }
        awaitCondition { lines() == ["1", "2", "3", "4"] }
        let topics = try next.call("GET", "/connectors/a/topics").body
        #expect(String(decoding: topics.encoded(), as: UTF8.self) == "{\"a\":{\"topics\":[\"t\"]}}")
    }

    @Test func aPausedConnectorConsumesNothingAndARemovedOneLeavesItsGroup() throws {
        try createTopic()
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker)
        try produce("1")
        awaitCondition { lines() == ["1"] }
        #expect(try worker.call("PUT", "/connectors/a/pause").status == 202)
        try worker.awaitStates("a", "PAUSED", ["PAUSED"])
        // Pausing commits; what is produced afterwards waits.
        try awaitCondition { try committed() == [0: 1] }
        try produce("2")
        let fetches = kafka.requestCount(.heartbeat)
        kafka.awaitRequests(.heartbeat, count: fetches + 1)
        #expect(lines() == ["1"])
        #expect(try worker.call("PUT", "/connectors/a/resume").status == 202)
        awaitCondition { lines() == ["1", "2"] }
        #expect(try worker.call("DELETE", "/connectors/a").status == 204)
        try awaitCondition { try kafka.admin.describeGroup("connect-a").members.isEmpty }
        #expect(try committed() == [0: 2])
    }

    @Test func theTasksShareThePartitions() throws {
        try createTopic(partitions: 2)
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, ["tasks.max": "2"])
        try worker.awaitStates("a", "RUNNING", ["RUNNING", "RUNNING"])
        try awaitCondition {
            let group = try kafka.admin.describeGroup("connect-a")
            return group.state == "Stable" && group.members.count == 2
        }
        try produce("1", partition: 0)
        try produce("2", partition: 1)
        awaitCondition { lines().sorted() == ["1", "2"] }
        try awaitCondition { try committed() == [0: 1, 1: 1] }
        // The other task takes over when one ends.
        #expect(try worker.call("PUT", "/connectors/a/stop").status == 204)
        try awaitCondition { try kafka.admin.describeGroup("connect-a").members.isEmpty }
    }

    @Test func topicsMatchTheExpressionAndAreConsumedOnceTheyExist() throws {
        try createTopic("x-1")
        try createTopic("y-1")
        let worker = try makeWorker([
            "consumer.metadata.max.age.ms": "100", "consumer.allow.auto.create.topics": "false",
        ])
        defer { worker.stop() }
        try create(worker, ["topics": "", "topics.regex": "x-\\d"])
        try produce("1", to: "x-1")
        try produce("no", to: "y-1")
        awaitCondition { lines() == ["1"] }
        try createTopic("x-2")
        try produce("2", to: "x-2")
        awaitCondition { lines() == ["1", "2"] }
    }

    @Test func aNamedTopicIsConsumedSoonAfterItsCreation() throws {
        let worker = try makeWorker(["consumer.allow.auto.create.topics": "false"])
        defer { worker.stop() }
        try create(worker)
        try awaitCondition { try kafka.admin.describeGroup("connect-a").state == "Stable" }
        try createTopic()
        try produce("1")
        awaitCondition { lines() == ["1"] }
    }

    @Test func recordsThatCannotBeReadAreInTheDeadLetterQueueWithTheirContext() throws {
        try createTopic()
        try produce("{bad", "7")
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, [
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "false",
            "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "dead",
            "errors.deadletterqueue.topic.replication.factor": "1",
            "errors.deadletterqueue.context.headers.enable": "true",
        ])
        awaitCondition { lines() == ["7"] }
        try awaitCondition { try committed() == [0: 2] }
        let dead = try kafka.records("dead")
        #expect(dead.map(\.valueText) == ["{bad"])
        let headers = dead.first?.headers ?? []
        #expect(headers.map(\.key) == [
            "topic", "partition", "offset", "connector.name", "task.id", "stage", "class.name", "exception.class.name",
            "exception.message", "exception.stacktrace",
        ].map { "__connect.errors.\($0)" })
        let values = headers.map { String(decoding: $0.value ?? [], as: UTF8.self) }
        #expect(values.prefix(8) == [
            "t", "0", "0", "a", "0", "VALUE_CONVERTER", "org.apache.kafka.connect.json.JsonConverter",
            "org.apache.kafka.connect.errors.DataException",
        ])
        #expect(try kafka.admin.describeTopic("dead")?.partitions.count == 1)
    }

    @Test func aRecordThatCannotBeReadFailsTheTaskAndIsNotCommitted() throws {
        try createTopic()
        try produce("1")
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, [
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "false",
        ])
        awaitCondition { lines() == ["1"] }
        try produce("{bad")
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        #expect(try committed() == [0: 1])
        #expect(try kafka.admin.describeGroup("connect-a").members.isEmpty)
    }

    @Test func transformsPredicatesAndTheGroupAreThoseOfTheConfiguration() throws {
        try createTopic()
        try produce("1", "2")
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, [
            "transforms": "h", "transforms.h.type": "org.apache.kafka.connect.transforms.HoistField$Value",
            "transforms.h.field": "n", "transforms.h.predicate": "p", "predicates": "p",
            "predicates.p.type": "org.apache.kafka.connect.transforms.predicates.TopicNameMatches",
            "predicates.p.pattern": "t", "consumer.override.group.id": "other",
        ])
        awaitCondition { lines() == ["Struct{n=1}", "Struct{n=2}"] }
        try awaitCondition { try committed("other") == [0: 2] }
    }

    /// Requests of the worker itself are answered meanwhile.
    @Test func brokersThatDoNotAnswerTheConsumerAreShown() throws {
        try createTopic()
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        let refusal = kafka.intercept { request, _ in
            request.clientID.hasPrefix("connector-consumer-a-") ? .disconnect : nil
        }
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        let status = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue
        #expect(status?["trace"]?.stringValue?.hasPrefix("No Kafka broker answers the consumer: ") == true)
        kafka.remove(refusal)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        try produce("1")
        awaitCondition { lines() == ["1"] }
    }
}
