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

    private func create(
        _ worker: WorkerHarness, _ properties: [String: String] = [:], named name: String = "a"
    ) throws {
        var config = [
            "connector.class": "FileStreamSink", "topics": "t", "file": file,
            "value.converter": "org.apache.kafka.connect.storage.StringConverter",
        ]
        config.merge(properties) { $1 }
        let body = JSONValue.object([
            "name": .string(name), "config": .object(JSONObject(config.map { ($0.key, .string($0.value)) })),
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
        let connector = "counted-sink"
        try createTopic()
        try produce("{bad", "7")
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, [
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "false",
            "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "dead",
            "errors.deadletterqueue.topic.replication.factor": "1",
            "errors.deadletterqueue.context.headers.enable": "true",
        ], named: connector)
        awaitCondition { lines() == ["7"] }
        try awaitCondition { try committed("connect-\(connector)") == [0: 2] }
        let dead = try kafka.records("dead")
        #expect(dead.map(\.valueText) == ["{bad"])
        let headers = dead.first?.headers ?? []
        #expect(headers.map(\.key) == [
            "topic", "partition", "offset", "connector.name", "task.id", "stage", "class.name", "exception.class.name",
            "exception.message", "exception.stacktrace",
        ].map { "__connect.errors.\($0)" })
        let values = headers.map { String(decoding: $0.value ?? [], as: UTF8.self) }
        #expect(values.prefix(8) == [
            "t", "0", "0", connector, "0", "VALUE_CONVERTER", "org.apache.kafka.connect.json.JsonConverter",
            "org.apache.kafka.connect.errors.DataException",
        ])
        #expect(try kafka.admin.describeTopic("dead")?.partitions.count == 1)
        try expectMetrics(worker, connector, [
            "sink_task_sink_record_read_total": 2, "sink_task_sink_record_send_total": 1,
            "sink_task_sink_record_active_count": 0, "sink_task_partition_count": 1,
            "task_error_deadletterqueue_produce_requests": 1, "task_error_deadletterqueue_produce_failures": 0,
            "task_error_total_record_failures": 1, "task_error_total_record_errors": 1,
            "task_error_total_records_skipped": 1, "task_error_total_errors_logged": 0,
        ])
    }

    /// Awaits the metrics of the connector's first task. They are those of the process: no two tests may use one name.
    private func expectMetrics(_ worker: WorkerHarness, _ connector: String, _ values: [String: Int]) throws {
        let lines = values.map { "kafka_connect_\($0.key){connector=\"\(connector)\",task=\"0\"} \($0.value)" }
        let answer = try worker.eventually("GET", "/metrics") { answer in
            let found = Set((answer.body.stringValue ?? "").split(separator: "\n").map(String.init))
            return found.isSuperset(of: lines)
        }
        let found = (answer.body.stringValue ?? "").split(separator: "\n").map(String.init)
        for line in lines { #expect(found.contains(line)) }
    }

    @Test func recordsThatTheDeadLetterQueueDoesNotAcceptFailTheTask() throws {
        try createTopic()
        try createTopic("dead")
        try produce("{bad")
        let worker = try makeWorker()
        defer { worker.stop() }
        kafka.intercept([.produce], topic: "dead", .refuse(.topicAuthorizationFailed))
        try create(worker, [
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "errors.tolerance": "all",
            "errors.deadletterqueue.topic.name": "dead",
        ], named: "refused-letters")
        try worker.awaitStates("refused-letters", "RUNNING", ["FAILED"])
        #expect(try committed("connect-refused-letters") == [:])
        try expectMetrics(worker, "refused-letters", [
            "task_error_deadletterqueue_produce_requests": 1, "task_error_deadletterqueue_produce_failures": 1,
        ])
    }

    @Test func aRecordThatIsTooLargeForTheDeadLetterQueueFailsTheTask() throws {
        try createTopic()
        try produce("{" + String(repeating: "x", count: 2000))
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, [
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "errors.tolerance": "all",
            "errors.deadletterqueue.topic.name": "dead", "errors.deadletterqueue.topic.replication.factor": "1",
            "producer.override.max.request.size": "1000",
        ], named: "large-letters")
        try worker.awaitStates("large-letters", "RUNNING", ["FAILED"])
        #expect(try committed("connect-large-letters") == [:])
        try expectMetrics(worker, "large-letters", [
            "task_error_deadletterqueue_produce_requests": 1, "task_error_deadletterqueue_produce_failures": 1,
        ])
    }

    @Test func aDeadLetterQueueThatCannotBeCreatedFailsTheTask() throws {
        try createTopic()
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, [
            "errors.deadletterqueue.topic.name": "bad name!", "errors.deadletterqueue.topic.replication.factor": "1",
        ])
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        let status = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue
        let beginning = "org.apache.kafka.connect.errors.ConnectException: Could not initialize dead letter queue with "
            + "topic=bad name!\nCaused by: "
        #expect(status?["trace"]?.stringValue?.hasPrefix(beginning) == true)
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
        let status = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue
        let trace = status?["trace"]?.stringValue?.split(separator: "\n").map(String.init) ?? []
        #expect(trace.prefix(2) == [
            "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler",
            "Caused by: org.apache.kafka.connect.errors.DataException: Converting byte[] to Kafka Connect data failed "
                + "due to serialization error: ",
        ])
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

    /// A member that cannot leave would keep its partitions until its session ends.
    @Test func aTaskRemainsInItsGroupWhileTheWorkerIsOutsideOfTheWorkersGroup() throws {
        try createTopic()
        let worker = try makeWorker(["session.timeout.ms": "500", "heartbeat.interval.ms": "20"])
        defer { worker.stop() }
        try create(worker)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        try awaitCondition { try kafka.admin.describeGroup("connect-a").state == "Stable" }
        let members = try kafka.admin.describeGroup("connect-a").members.map(\.memberID)
        let fault = kafka.intercept { request, _ in
            let isWorker = !request.clientID.hasPrefix("connector-")
            return request.apiKey == .heartbeat && isWorker ? .handleThenDisconnect : nil
        }
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        try produce("1")
        kafka.remove(fault)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        awaitCondition { lines() == ["1"] }
        #expect(try kafka.admin.describeGroup("connect-a").members.map(\.memberID) == members)
    }

    @Test func theGroupOfTheWorkersIsRefused() throws {
        let worker = try makeWorker(["group.id": "connect-b"])
        defer { worker.stop() }
        let names = [
            "\"name\":\"b\"": "Consumer group for sink connector named b conflicts with Connect worker group connect-b",
            "\"name\":\"c\",\"consumer.override.group.id\":\"connect-b\"":
                "Consumer group connect-b conflicts with Connect worker group connect-b",
        ]
        for (members, message) in names {
            let answer = try worker.call(
                "PUT", "/connector-plugins/FileStreamSink/config/validate",
                "{\"connector.class\":\"FileStreamSink\",\"topics\":\"t\",\(members)}")
            #expect(answer.status == 200 && text(answer).contains("[\"\(message)\"]"))
            #expect(answer.body.objectValue?["error_count"]?.integerValue == 1)
        }
    }

    // MARK: Offsets

    private func text(_ answer: WorkerHarness.Answer) -> String {
        String(decoding: answer.body.encoded(), as: UTF8.self)
    }

    @Test func offsetsAreShownAlteredAndReset() throws {
        try createTopic()
        try produce("1", "2", "3")
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker)
        awaitCondition { lines() == ["1", "2", "3"] }
        let shown = try worker.eventually("GET", "/connectors/a/offsets") { text($0) != "{\"offsets\":[]}" }
        #expect(
            text(shown) == "{\"offsets\":[{\"partition\":{\"kafka_partition\":0,\"kafka_topic\":\"t\"},\"offset\":"
                + "{\"kafka_offset\":3}}]}")
        let body = """
            {"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":2}}]}
            """
        #expect(try worker.call("PATCH", "/connectors/a/offsets", body).status == 400)
        #expect(try worker.call("PUT", "/connectors/a/stop").status == 204)
        let altered = try worker.eventually("GET", "/connectors/a/status") { text($0).contains("\"tasks\":[]") }
        #expect(altered.status == 200)
        #expect(
            text(try worker.call("PATCH", "/connectors/a/offsets", body))
                == "{\"message\":\"The offsets for this connector have been altered successfully\"}")
        #expect(try committed() == [0: 2])
        #expect(try worker.call("PUT", "/connectors/a/resume").status == 202)
        awaitCondition { lines() == ["1", "2", "3", "3"] }
        #expect(try worker.call("PUT", "/connectors/a/stop").status == 204)
        _ = try worker.eventually("GET", "/connectors/a/status") { text($0).contains("\"tasks\":[]") }
        for _ in 0..<2 {
            #expect(
                text(try worker.call("DELETE", "/connectors/a/offsets"))
                    == "{\"message\":\"The offsets for this connector have been reset successfully\"}")
        }
        #expect(text(try worker.call("GET", "/connectors/a/offsets")) == "{\"offsets\":[]}")
        let missing = try worker.call(
            "PATCH", "/connectors/a/offsets", body.replacing("\"t\"", with: "\"none\""))
        #expect(missing.status == 500)
        #expect(text(missing).contains("Failed to alter consumer group offsets for connector a\""))
    }

    @Test func offsetsOfAGroupWithMembersAreNotChanged() throws {
        try createTopic()
        let worker = try makeWorker()
        defer { worker.stop() }
        try create(worker, ["consumer.override.group.id": "shared"])
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        #expect(try worker.call("PUT", "/connectors/a/stop").status == 204)
        _ = try worker.eventually("GET", "/connectors/a/status") { text($0).contains("\"tasks\":[]") }
        let other = KafkaConsumer(kafka.client, ConsumerConfiguration(groupID: "shared"))
        defer { other.close() }
        try other.subscribe(to: ["t"])
        while other.assignment.isEmpty { _ = try other.poll(timeoutMilliseconds: 100) }
        let body = """
            {"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":2}}]}
            """
        for (method, body, verb) in [("PATCH", body, "alter"), ("DELETE", nil, "reset")] {
            let answer = try worker.call(method, "/connectors/a/offsets", body)
            #expect(answer.status == 500)
            #expect(text(answer).contains(
                "Failed to \(verb) consumer group offsets for connector a either because its tasks haven't stopped"))
        }
    }
}
