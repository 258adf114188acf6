import ConnectRuntime
import Foundation
import KafkaProtocol
import KafkaWire
import WireCore

/// `cdcd consume TOPIC...`: writes the records of topics to the standard output.
struct ConsumeCommand {
    static let entry = Command(
        "consume", operands: "TOPIC...", operandCount: 1...Int.max, summary: "write the records of topics to the standard output",
        details: """
            Reads from the beginning to the end that each partition has at the start; with --follow, waits for more records.
            Without --format each value is a line. SIGINT and SIGTERM end the command in order: with --follow the exit code is 0,
            without it 130 or 143 before the end is reached. A second signal ends the command at once.

            Forms of POSITION: \(PositionText.forms). TIME is in milliseconds since 1970, in ISO 8601, or before now as -15m.
            With --until the record at that position is not read.

            With --group the partitions are those that the group assigns, read from the group's committed offsets (without one
            from the beginning, unless -X auto.offset.reset=latest) to the ends that they have when they are assigned. Offsets
            are committed after their records were written. A member that has no partitions for 10 seconds ends.

            Tokens of FORMAT: %s value, %k key, %h headers, %t topic, %p partition, %o offset, %T timestamp in milliseconds,
            %S and %K the sizes of value and key in bytes (-1: null), %R the value's size as 4 bytes, %%; and \\n, \\t, \\xNN.
            """,
        options: ClientArguments.options + [
            OptionSpecification(
                long: "from", short: "o", valueName: "POSITION", summary: "the first record (default beginning)"),
            OptionSpecification(long: "until", valueName: "POSITION", summary: "the record before which reading ends"),
            OptionSpecification(long: "follow", short: "w", summary: "wait for more records at the end"),
            OptionSpecification(long: "count", short: "c", valueName: "COUNT", summary: "end after this number of records"),
            .partitions,
            OptionSpecification(
                long: "group", short: "g", valueName: "GROUP", summary: "read as a member of this consumer group"),
            OptionSpecification(
                long: "format", short: "f", valueName: "FORMAT", summary: "how a record is written, with kcat's tokens"),
            OptionSpecification(
                long: "key-delimiter", short: "K", valueName: "DELIMITER", summary: "write the key, too, and this after it"),
            OptionSpecification(
                long: "delimiter", short: "D", valueName: "DELIMITER", summary: "what ends a record (default \\n)"),
            OptionSpecification(long: "tombstone", short: "Z", summary: "write a null key or value as NULL"),
            OptionSpecification(
                long: "null", valueName: "TEXT", summary: "what is written for a null key or value (default nothing)",
                acceptsEmptyValue: true),
            OptionSpecification(
                long: "key-format", valueName: "FORMAT",
                summary: "raw (default), hex, json, or payload: JSON without Connect's envelope",
                choices: FieldFormat.allCases.map(\.rawValue)),
            OptionSpecification(
                long: "value-format", valueName: "FORMAT",
                summary: "raw (default), hex, json, or payload: JSON without Connect's envelope",
                choices: FieldFormat.allCases.map(\.rawValue)),
            .output("text (default), or json: a document with all parts of the record, a line each"),
        ]
    ) { try ConsumeCommand($0).run() }

    private let topics: [String]
    private let partitions: [Int32]
    private let countMax: Int
    private let printer: RecordPrinter
    private let settings: KafkaClientSettings
    private var range = ConsumeRange()

    private init(_ invocation: Invocation) throws {
        let arguments = CommandArguments(invocation)
        topics = invocation.operands
        partitions = try arguments.partitions()
        countMax = Int(try arguments.integer("count", in: 1...Int64.max) ?? .max)
        printer = try RecordPrinter(arguments)
        var properties = try ClientArguments(invocation)
        if let group = arguments.value(of: "group") { properties["group.id"] = group }
        // Larger than Kafka's, since each poll ends with a write.
        settings = try arguments.settings(
            .consumer, properties,
            over: ["max.poll.records": "5000", "auto.offset.reset": "earliest", "allow.auto.create.topics": "false"])
        range.from = try arguments.position("from")
        range.until = try arguments.position("until")
        range.isFollowing = arguments.has("follow")
        range.isolation = settings.consumer.isolationLevel
        if settings.consumer.groupID != nil, let other = ["from", "partition"].first(where: { arguments.has($0) }) {
            throw arguments.usage("--\(other) has no meaning with a group; `cdcd groups seek` changes the offsets of one")
        }
        if range.from == .end, !range.isFollowing {
            throw arguments.usage("there is nothing to read from the end on without --follow")
        }
    }

    /// Returns the exit code.
    private func run() throws -> Int32 {
        let interruption = Interruption()
        interruption.listen()
        var configuration = settings.client
        configuration.observer = ConnectionWarnings()
        let client = KafkaClient(configuration)
        defer { client.close() }
        let admin = KafkaAdmin(client)
        var wanted: [KafkaProtocol.TopicPartition] = []
        for topic in try admin.topics(topics) { wanted += try topic.partitions(partitions) }
        let consumer = KafkaConsumer(client, settings.consumer)
        var loop = ConsumeLoop(
            consumer, admin, range, printer, ReadingLimits(countMax: countMax, endTime: range.endTime), interruption,
            idleMillisecondsMax: configuration.apiTimeoutMilliseconds)
        var failure: (any Error)?
        do {
            if settings.consumer.groupID == nil { try loop.assign(wanted) } else { try loop.subscribe(to: topics) }
            // Until then there is nothing that could be lost.
            interruption.onSignal { consumer.wakeup() }
            try loop.run()
        } catch is BufferedOutput.ClosedPipeError {
        } catch { failure = error }
        let closing = Result { () throws(KafkaError) in try commit(consumer) }
        consumer.close()
        if let failure { throw failure }
        try closing.get()
        if Terminal.isStandardError, !Terminal.isStandardOutput { StandardError.print("\(loop.count) records") }
        if let number = interruption.number, !range.isFollowing, !loop.limits.isFinished {
            return Interruption.exitCode(of: number)
        }
        return 0
    }

    private func commit(_ consumer: KafkaConsumer) throws(KafkaError) {
        guard settings.consumer.groupID != nil, settings.consumer.isAutoCommitEnabled,
            !consumer.consumedOffsets.isEmpty
        else { return }
        try consumer.commit()
    }
}
