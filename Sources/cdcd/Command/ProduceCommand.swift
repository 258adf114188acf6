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
            which is aborted if one cannot be read or stored, or if the command is interrupted.

            At SIGINT or SIGTERM what was read is delivered, the rest of the input is not read, and the exit code is 130 or 143;
            a second signal ends the command at once.

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
            OptionSpecification(long: "tombstone", short: "Z", summary: "send empty keys and values as null"),
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
        // Larger than Kafka's, since the records of a file come faster than a broker answers.
        settings = try arguments.settings(.producer, properties, over: ["batch.size": "262144"])
    }

    /// Returns the exit code.
    private func run() throws -> Int32 {
        let interruption = Interruption()
        interruption.listen()
        var configuration = settings.client
        configuration.observer = ConnectionWarnings()
        let client = KafkaClient(configuration)
        let outcomes = SendOutcomes()
        let producer = KafkaProducer(client, settings.producer, listener: writesPositions ? nil : outcomes)
        defer {
            producer.close(timeoutMilliseconds: 0)
            client.close()
        }
        var sender = RecordSender(
            producer: producer, outcomes: outcomes, template: template, isJSON: form == .json, left: countMax,
            positions: writesPositions ? BufferedOutput() : nil)
        if isTransactional {
            try producer.initTransactionsAndWait()
            try producer.beginTransaction()
        }
        interruption.onSignal {}
        var end = ProduceEnd(interruption, isTransactional: isTransactional)
        let reading = Result { try send(files, &sender, interruption) }
        return end.finish(reading, &sender)
    }

    private var isTransactional: Bool { settings.producer.transactionalID != nil }

    private func send(_ files: [String], _ sender: inout RecordSender, _ interruption: Interruption) throws {
        for file in files where sender.left > 0 && !interruption.isRequested { try send(file, &sender, interruption) }
    }

    private func send(_ file: String, _ sender: inout RecordSender, _ interruption: Interruption) throws {
        let input = try InputFile(file, interruption)
        var splitter = RecordSplitter(delimiter: delimiter, recordBytesMax: settings.producer.requestBytesMax)
        var whole: [UInt8] = []
        sender.begin(file)
        while sender.left > 0, let chunk = try input.read(willWait: { try sender.deliver() }) {
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
            try sender.writePositions()
        }
        // What is not read to its end is no record.
        guard !interruption.isRequested, sender.left > 0 else { return }
        if form == .file {
            try sender.send(whole)
        } else if let last = splitter.finish() {
            try sender.send(last)
        }
    }
}
