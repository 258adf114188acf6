import ConnectRuntime
import Foundation
import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore

/// `cdcd produce TOPIC [FILE]...`: sends the lines of files, or of the standard input, as records.
struct ProduceCommand {
    static let entry = Command(
        "produce", operands: "TOPIC [FILE]...", operandCount: 1...Int.max,
        summary: "send lines of files or of the standard input as records",
        details: """
            Each line is the value of a record; FILE `-` is the standard input, which is read without FILE. The command ends
            when all records are stored as `acks` requires (all replicas in sync, unless -X acks=... says otherwise).
            Records without a key are distributed over the partitions in batches; with a key the partition is chosen as
            Java's clients choose it. With -X transactional.id=... all records are one transaction,
            which is aborted if one cannot be read or stored. If the command is interrupted, the broker aborts the transaction
            after transaction.timeout.ms, or when the id is used again.

            With --input=json each line is a record as `cdcd consume --output=json` writes it:
              {"key":"k","value":"v","headers":[{"key":"h","value":"x"}],"partition":0,"timestamp":1700000000000}
            """,
        options: ClientArguments.options + [
            OptionSpecification(
                long: "key", short: "k", valueName: "KEY", summary: "the key of records that have none of their own",
                acceptsEmptyValue: true),
            OptionSpecification(
                long: "key-delimiter", short: "K", valueName: "DELIMITER", summary: "what separates key and value in a line"),
            OptionSpecification(
                long: "delimiter", short: "D", valueName: "DELIMITER", summary: "what ends a record (default \\n)"),
            OptionSpecification(
                long: "header", short: "H", valueName: "NAME=VALUE", summary: "a header of each record; repeatable",
                isRepeatable: true),
            OptionSpecification(
                long: "partition", short: "p", valueName: "NUMBER", summary: "the partition (default: by key)"),
            OptionSpecification(
                long: "timestamp", valueName: "TIME", summary: "milliseconds since 1970, or a time in ISO 8601 (default: now)"),
            OptionSpecification(long: "tombstone", short: "Z", summary: "send empty values as null"),
            OptionSpecification(
                long: "compression", short: "z", valueName: "CODEC", summary: "the codec of the batches (compression.type)",
                choices: CompressionCodec.allCases.map(\.name)),
            OptionSpecification(
                long: "input", valueName: "FORM", summary: "lines (default), json (a record a line), file (a record a file)",
                choices: InputForm.allCases.map(\.rawValue)),
            OptionSpecification(
                long: "key-format", valueName: "FORMAT", summary: "raw (default), hex, or json, which must be valid",
                choices: Self.formats),
            OptionSpecification(
                long: "value-format", valueName: "FORMAT", summary: "raw (default), hex, or json, which must be valid",
                choices: Self.formats),
            OptionSpecification(long: "count", short: "c", valueName: "COUNT", summary: "end after this number of records"),
            .output("text (nothing, default), or json: where each record was stored"),
        ]
    ) { try ProduceCommand($0).run() }

    private static let formats = [FieldFormat.raw, .hex, .json].map(\.rawValue)

    enum InputForm: String, CaseIterable {
        case lines, json, file
    }

    private let topic: String
    private let files: [String]
    private let form: InputForm
    private let template: RecordTemplate
    private let delimiter: [UInt8]
    private let countMax: Int
    private let settings: KafkaClientSettings
    private let writesPositions: Bool

    private init(_ invocation: Invocation) throws {
        let arguments = CommandArguments(invocation)
        topic = invocation.operands[0]
        files = invocation.operands.count > 1 ? Array(invocation.operands[1...]) : ["-"]
        form = invocation.value(of: "input").flatMap(InputForm.init) ?? .lines
        template = try RecordTemplate(topic: topic, arguments)
        delimiter = try arguments.delimiter("delimiter") ?? [0x0A]
        countMax = Int(try arguments.integer("count", in: 1...Int64.max) ?? .max)
        writesPositions = arguments.writesJSON
        var properties = try ClientArguments(invocation)
        if let codec = invocation.value(of: "compression") { properties["compression.type"] = codec }
        settings = try arguments.settings(.producer, properties)
    }

    /// Returns the exit code.
    private func run() throws -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        var configuration = settings.client
        configuration.observer = ConnectionWarnings()
        let client = KafkaClient(configuration)
        let producer = KafkaProducer(client, settings.producer)
        defer {
            producer.close(timeoutMilliseconds: 0)
            client.close()
        }
        let outcomes = SendOutcomes()
        var sender = RecordSender(
            producer: producer, outcomes: outcomes, template: template, isJSON: form == .json, left: countMax,
            positions: writesPositions ? BufferedOutput() : nil)
        let isTransactional = settings.producer.transactionalID != nil
        if isTransactional {
            try producer.initTransactionsAndWait()
            try producer.beginTransaction()
        }
        do {
            for file in files where sender.left > 0 { try send(file, &sender) }
            try producer.awaitDelivery()
            if isTransactional, outcomes.failure == nil { try producer.commitTransactionAndWait() }
        } catch {
            if isTransactional { try? producer.abortTransactionAndWait() }
            if error is BufferedOutput.ClosedPipeError { return 0 }
            throw error
        }
        try sender.writePositions()
        if let failure = outcomes.failure {
            // A failure of the abort adds nothing to that of the record.
            if isTransactional { try? producer.abortTransactionAndWait() }
            StandardError.print("cdcd: \(outcomes.failedCount) of \(outcomes.count) records were not stored; the first: \(failure)")
            return 1
        }
        if Terminal.isStandardError { StandardError.print("\(outcomes.count) records stored in \(topic)") }
        return 0
    }

    private func send(_ file: String, _ sender: inout RecordSender) throws {
        let input = try InputFile(file)
        var splitter = RecordSplitter(delimiter: delimiter, recordBytesMax: settings.producer.requestBytesMax)
        var whole: [UInt8] = []
        sender.begin(file)
        while sender.left > 0, let chunk = try input.read() {
            if form == .file {
                whole += chunk
                try sender.check(byteCount: whole.count, max: settings.producer.requestBytesMax)
                continue
            }
            let records: [[UInt8]]
            do throws(RecordSplitter.TooLargeError) { records = try splitter.append(chunk) } catch {
                throw sender.error("a record has more than \(error.bytesMax) bytes (max.request.size)")
            }
            for record in records where sender.left > 0 { try sender.send(record) }
            // Without more input the records leave at once.
            sender.producer.flush()
            try sender.writePositions()
        }
        if form == .file {
            try sender.send(whole)
        } else if sender.left > 0, let last = splitter.finish() {
            try sender.send(last)
        }
    }
}
