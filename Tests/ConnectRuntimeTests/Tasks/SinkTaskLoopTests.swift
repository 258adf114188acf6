import ConnectData
import KafkaProtocol
import PluginTestSupport
import Synchronization
import Testing
import WireCore

@testable import ConnectRuntime

private typealias TopicPartition = ConnectData.TopicPartition

/// A sink task with a consumer that follows a script.
@Suite struct SinkTaskLoopTests {
    private let a = TopicPartition("t", 0)
    private let b = TopicPartition("t", 1)

    private static func record(_ partition: Int32, _ offset: Int64, _ value: String?) -> ConsumedRecord {
        ConsumedRecord(
            partition: partition, offset: offset, timestampMilliseconds: 7, key: nil,
            value: value.map { Array($0.utf8) }, headers: [])
    }

    /// Each step is what one call of `poll` does.
    private final class Consumer: SinkRecordSource {
        typealias Step = (Consumer, any SinkRecordSourceListener) throws -> [SinkRecordBatch]

        var steps: [Step]
        var positions: [TopicPartition: Int64] = [:]
        private(set) var log: [String] = []
        var commitFailure: String?
        private let control: TaskControl

        init(_ control: TaskControl, _ steps: [Step]) {
            self.control = control
            self.steps = steps
        }

        func subscribe(to topics: SinkTopics) { log.append("subscribe \(topics.names)") }

        func poll(timeoutMilliseconds: Int, _ listener: any SinkRecordSourceListener) throws -> [SinkRecordBatch] {
            guard !steps.isEmpty else {
                control.stop()
                return []
            }
            return try steps.removeFirst()(self, listener)
        }

        func position(of partition: TopicPartition) -> Int64 { positions[partition] ?? 0 }
        func seek(_ offsets: [TopicPartition: Int64]) { log.append("seek \(Self.text(offsets))") }
        func pause(_ partitions: Set<TopicPartition>) { log.append("pause \(Self.text(partitions))") }
        func resume(_ partitions: Set<TopicPartition>) { log.append("resume \(Self.text(partitions))") }

        func commit(_ offsets: [TopicPartition: Int64], timeoutMilliseconds: Int) throws {
            log.append("commit \(Self.text(offsets))")
            if let commitFailure { throw ConnectError(commitFailure) }
        }

        func beginCommit(_ offsets: [TopicPartition: Int64], sequence: Int) {
            log.append("begin commit \(sequence) \(Self.text(offsets))")
        }

        static func text(_ offsets: [TopicPartition: Int64]) -> String {
            offsets.map { "\($0.key):\($0.value)" }.sorted().joined(separator: " ")
        }

        static func text(_ partitions: Set<TopicPartition>) -> String {
            partitions.map(\.description).sorted().joined(separator: " ")
        }
    }

    private final class Task: SinkTask {
        var onPut: ([SinkRecord]) throws -> Void = { _ in }
        var onOpen: ([TopicPartition]) throws -> Void = { _ in }
        private(set) var log: [String] = []

        func open(_ partitions: [TopicPartition]) throws {
            log.append("open \(partitions.map(\.description).joined(separator: " "))")
            try onOpen(partitions)
        }

        func put(_ records: [SinkRecord]) throws {
            if !records.isEmpty { log.append("put \(records.map { $0.record.value.javaText(nil) })") }
            try onPut(records)
        }

        func flush(_ offsets: [TopicPartition: Int64]) { log.append("flush \(Consumer.text(offsets))") }
        func close(_ partitions: [TopicPartition]) {
            log.append("close \(partitions.map(\.description).joined(separator: " "))")
        }
        func stop() { log.append("stop") }
    }

    private struct Outcome {
        var consumer: [String]
        var task: [String]
        var failure: String?
        var conditions: [TaskControl.Condition]
        var topics: [String]
    }

    /// Runs the steps; then the task is stopped.
    private func run(
        configuration: [String: String] = [:], now: @escaping () -> Int = { 0 },
        prepare: (Task, Consumer) -> Void = { _, _ in }, _ steps: [Consumer.Step],
        with body: (SinkTaskLoop, Task) -> Void = { _, _ in }
    ) throws -> Outcome {
        let conditions = Mutex<[TaskControl.Condition]>([])
        let control = TaskControl { condition in conditions.withLock { $0.append(condition) } }
        let consumer = Consumer(control, steps)
        let task = Task()
        prepare(task, consumer)
        let connector = ["topics": "t", "value.converter": "org.apache.kafka.connect.storage.StringConverter"]
            .merging(configuration) { $1 }
        let errors = ErrorHandling(configuration: connector)
        let logger = Logger("test")
        let gate = PauseGate(isPaused: false)
        let plugins = try RecordPlugins(
            connector: connector, worker: try WorkerHarness.configuration(), plugins: TestPlugins.registry,
            control: control)
        let reader = RecordReader(
            plugins, retryWait: RetryWait(errors: errors, control: control, gate: gate, logger: logger))
        let id = TaskID(connector: "c", task: 0)
        var topics: [String] = []
        var parts = SinkTaskLoop.Parts(
            id: id, source: consumer, reader: reader,
            reporter: SinkErrorReporter(id: id, errors: errors, deadLetters: nil, metrics: nil), control: control,
            gate: gate, logger: logger, commitIntervalMilliseconds: 1000, commitTimeoutMilliseconds: 500)
        parts.clock = { MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: now()) }
        parts.topicUsed = { topics.append($0) }
        let loop = SinkTaskLoop(parts)
        var failure: String?
        do {
            try loop.run(
                try SinkTopics(connector), makeTask: { _ in task }, started: { body(loop, task) },
                endsWithoutCommit: { false })
        } catch {
            failure = "\(error)"
        }
        return Outcome(
            consumer: consumer.log, task: task.log, failure: failure, conditions: conditions.withLock { $0 },
            topics: topics)
    }

    /// One call of `poll` each.
    private func assign(_ offsets: [TopicPartition: Int64]) -> Consumer.Step {
        { consumer, listener in
            consumer.positions = offsets
            listener.assigned(Set(offsets.keys))
            return []
        }
    }

    private func records(_ partition: TopicPartition, from offset: Int64, _ values: String?...) -> Consumer.Step {
        { _, _ in
            let records = values.enumerated().map { Self.record(partition.partition, offset + Int64($0), $1) }
            return [SinkRecordBatch(partition: partition, records: records)]
        }
    }

    @Test func recordsArePutAndCommittedAtTheEnd() throws {
        let outcome = try run([assign([a: 5]), records(a, from: 5, "x", nil), records(a, from: 7, "y")])
        #expect(outcome.failure == nil)
        #expect(outcome.task == [
            "open t-0", "put [\"x\", \"null\"]", "put [\"y\"]", "flush t-0:8", "close t-0", "stop",
        ])
        #expect(outcome.consumer == ["subscribe [\"t\"]", "commit t-0:8"])
        #expect(outcome.topics == ["t", "t"])
    }

    @Test func aRefusedBatchIsPassedAgainAndShown() throws {
        var refusals = 2
        var time = 0
        let wait: Consumer.Step = { _, _ in
            time += 600
            return []
        }
        let outcome = try run(
            now: { time },
            prepare: { task, _ in
                task.onPut = { records in
                    guard !records.isEmpty, refusals > 0 else { return }
                    refusals -= 1
                    throw RetriableError(ConnectError("full"))
                }
            }, [assign([a: 0, b: 0]), records(a, from: 0, "x"), wait, wait, wait])
        #expect(outcome.failure == nil)
        #expect(outcome.task.filter { $0.hasPrefix("put") } == ["put [\"x\"]", "put [\"x\"]", "put [\"x\"]"])
        #expect(outcome.consumer.filter { !$0.contains("commit") } == [
            "subscribe [\"t\"]", "pause t-0 t-1", "resume t-0 t-1",
        ])
        #expect(outcome.conditions == [
            .interrupted(reason: "The task refuses records, which are passed again: full"), .running,
        ])
        #expect(outcome.consumer.last == "commit t-0:1 t-1:0")
    }

    @Test func anErrorOfTheTaskFailsItAfterACommitOfWhatItAccepted() throws {
        let outcome = try run(
            prepare: { task, _ in
                task.onPut = { if $0.first?.originalOffset == 1 { throw ConnectError("broken") } }
            }, [assign([a: 0]), records(a, from: 0, "x"), records(a, from: 1, "y"), records(a, from: 2, "z")])
        #expect(
            outcome.failure == "Exiting WorkerSinkTask due to unrecoverable exception.\nCaused by: "
                + "org.apache.kafka.connect.errors.ConnectException: broken")
        #expect(outcome.consumer.last == "commit t-0:1")
        #expect(outcome.task.suffix(3) == ["flush t-0:1", "close t-0", "stop"])
    }

    @Test func revokedPartitionsAreCommitted() throws {
        let revoke: Consumer.Step = { [a] _, listener in
            listener.revoked([a])
            return []
        }
        let outcome = try run([assign([a: 0, b: 0]), records(a, from: 0, "x"), revoke, records(b, from: 0, "y")])
        #expect(outcome.consumer == ["subscribe [\"t\"]", "commit t-0:1", "commit t-1:1"])
        #expect(outcome.task == [
            "open t-0 t-1", "put [\"x\"]", "flush t-0:1", "close t-0", "put [\"y\"]", "flush t-1:1", "close t-1",
            "stop",
        ])
    }

    @Test func anErrorInARebalanceFailsTheTask() throws {
        let outcome = try run(
            prepare: { task, _ in task.onOpen = { _ in throw ConnectError("no room") } }, [assign([a: 0])])
        #expect(outcome.failure == "no room")
    }

    @Test func commitsThatKeepFailingAreShown() throws {
        var time = 0
        var shown: [TaskControl.Condition] = []
        let fail: Consumer.Step = { consumer, listener in
            time += 1000
            let sequence = consumer.log.filter { $0.hasPrefix("begin") }.count
            if sequence > 0 { listener.commitEnded(sequence: sequence, failure: "away") }
            return []
        }
        let control = TaskControl()
        let consumer = Consumer(control, [assign([a: 0]), records(a, from: 0, "x"), fail, fail, fail, fail, fail])
        let task = Task()
        let connector = ["topics": "t", "value.converter": "org.apache.kafka.connect.storage.StringConverter"]
        let errors = ErrorHandling(configuration: connector)
        let gate = PauseGate(isPaused: false)
        let id = TaskID(connector: "c", task: 0)
        let plugins = try RecordPlugins(
            connector: connector, worker: try WorkerHarness.configuration(), plugins: TestPlugins.registry,
            control: control)
        let logger = Logger("test")
        var parts = SinkTaskLoop.Parts(
            id: id, source: consumer,
            reader: RecordReader(
                plugins, retryWait: RetryWait(errors: errors, control: control, gate: gate, logger: logger)),
            reporter: SinkErrorReporter(id: id, errors: errors, deadLetters: nil, metrics: nil), control: control,
            gate: gate, logger: logger, commitIntervalMilliseconds: 1000, commitTimeoutMilliseconds: 500)
        parts.clock = { MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: time) }
        parts.commitsChanged = { shown.append($0) }
        try SinkTaskLoop(parts).run(
            try SinkTopics(connector), makeTask: { _ in task }, started: {}, endsWithoutCommit: { true })
        #expect(task.log.suffix(2) == ["close t-0", "stop"])
        #expect(!consumer.log.contains { $0.hasPrefix("commit ") })
        #expect(shown.count == 1)
        guard case .interrupted? = shown.first else { return #expect(Bool(false), "\(shown)") }
    }

    // MARK: Errors of records

    @Test func aRecordThatCannotBeConvertedFailsTheTask() throws {
        let json = ["value.converter": "org.apache.kafka.connect.json.JsonConverter"]
        let outcome = try run(configuration: json, [assign([a: 0]), records(a, from: 0, "{bad")])
        let message = "Tolerance exceeded in error handler\nCaused by: org.apache.kafka.connect.errors.DataException: "
            + "Converting byte[] to Kafka Connect data failed due to serialization error: \nCaused by: "
            + "org.apache.kafka.common.errors.SerializationException: unexpected 'b' at byte 1"
        #expect(outcome.failure?.hasPrefix(message) == true)
        #expect(!outcome.consumer.contains { $0.hasPrefix("commit") })
    }

    @Test func recordsThatAreSkippedCountAsConsumed() throws {
        let json = [
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "false",
            "errors.tolerance": "all", "transforms": "f", "predicates": "p", "transforms.f.predicate": "p",
            "transforms.f.type": "org.apache.kafka.connect.transforms.Filter",
            "predicates.p.type": "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone",
        ]
        let outcome = try run(configuration: json, [assign([a: 0]), records(a, from: 0, "1", "{bad", nil)])
        #expect(outcome.failure == nil)
        #expect(outcome.task.filter { $0.hasPrefix("put") } == ["put [\"1\"]"])
        #expect(outcome.consumer.last == "commit t-0:3")
    }

    @Test func transformsSeeTheOffset() throws {
        var seen: ConnectValue?
        let outcome = try run(
            configuration: [
                "value.converter": "org.apache.kafka.connect.json.JsonConverter",
                "value.converter.schemas.enable": "false", "transforms": "i",
                "transforms.i.type": "org.apache.kafka.connect.transforms.InsertField$Value",
                "transforms.i.offset.field": "o", "transforms.i.partition.field": "p",
            ], prepare: { task, _ in task.onPut = { seen = $0.first?.record.value ?? seen } },
            [assign([b: 40]), records(b, from: 40, "{}")])
        #expect(outcome.failure == nil)
        #expect(seen?.javaText(nil) == "{p=1, o=40}")
    }

    /// Only a connector with a dead letter queue or a log of errors has reports.
    @Test func aTaskReportsRecordsThatItCannotWrite() throws {
        let bad = "\nCaused by: org.apache.kafka.connect.errors.ConnectException: bad"
        let unrecoverable = "Exiting WorkerSinkTask due to unrecoverable exception." + bad
        for (configuration, failure) in [
            ([:], unrecoverable), (["errors.tolerance": "all"], unrecoverable),
            (["errors.log.enable": "true"], "Tolerance exceeded in error handler" + bad),
            (["errors.log.enable": "true", "errors.tolerance": "all"], nil),
        ] {
            var context: SinkTaskLoop?
            let outcome = try run(
                configuration: configuration,
                prepare: { task, _ in
                    task.onPut = { records in
                        for record in records { try context?.reportErrant(record, ConnectError("bad")) }
                    }
                }, [assign([a: 0]), records(a, from: 0, "x")], with: { loop, _ in context = loop })
            #expect(outcome.failure == failure, "\(configuration)")
        }
    }

    @Test func aReportThatIsNotToleratedFailsTheTaskEvenIfItIgnoresTheError() throws {
        var context: SinkTaskLoop?
        let outcome = try run(
            configuration: ["errors.log.enable": "true"],
            prepare: { task, _ in
                task.onPut = { records in
                    for record in records { try? context?.reportErrant(record, ConnectError("bad")) }
                }
            }, [assign([a: 0]), records(a, from: 0, "x")], with: { loop, _ in context = loop })
        #expect(
            outcome.failure == "Tolerance exceeded in error handler\nCaused by: "
                + "org.apache.kafka.connect.errors.ConnectException: bad")
        #expect(!outcome.consumer.contains { $0.hasPrefix("commit") })
    }

    // MARK: Requests of the task

    @Test func theTaskSetsOffsetsAndPausesPartitions() throws {
        var context: SinkTaskLoop?
        let outcome = try run(
            prepare: { task, _ in
                task.onOpen = { _ in context?.seek([TopicPartition("t", 0): 12]) }
                task.onPut = { records in
                    guard !records.isEmpty else { return }
                    context?.pause([TopicPartition("t", 0)])
                    context?.requestCommit()
                }
            }, [assign([a: 5]), records(a, from: 12, "x"), { _, _ in [] }], with: { loop, _ in context = loop })
        #expect(outcome.consumer == [
            "subscribe [\"t\"]", "seek t-0:12", "pause t-0", "begin commit 1 t-0:13", "commit t-0:13",
        ])
    }
}
