import ConnectRuntime
import KafkaProtocol
import KafkaWire
import WireCore

/// `cdcd topics`: lists, describes and changes topics.
enum TopicsCommand {
    static let entry = Command(
        "topics", summary: "list, describe and change topics",
        details: "With --output=json each result is a JSON document on a line of its own.",
        subcommands: [list, describe, create, alter, delete, trim])

    private static let output = OptionSpecification.output("text (default) or json")

    // MARK: Reading

    private static let list = Command(
        "topics list", summary: "list the topics", details: "Kafka's own topics are listed only with --internal.",
        options: ClientArguments.options + [
            OptionSpecification(long: "internal", short: "i", summary: "also Kafka's own topics"), output,
        ]
    ) { invocation in
        let session = try AdminSession(invocation)
        var report = CommandReport(CommandArguments(invocation))
        let names = try session.admin.listTopics().filter { !$0.isInternal || invocation.has("internal") }.map(\.name)
        report.row(["TOPIC", "PARTITIONS", "REPLICAS"])
        for (name, result) in zip(names, session.admin.describeTopics(names)) {
            switch result {
            case .success(let topic):
                let replicas = topic.partitions.map(\.replicas.count).max() ?? 0
                report.row([name, "\(topic.partitions.count)", "\(replicas)"])
                try report.document([
                    "topic": .string(name), "partitions": .integer(Int64(topic.partitions.count)),
                    "replicas": .integer(Int64(replicas)), "internal": .bool(topic.isInternal),
                ])
            case .failure(let error): report.failure(error)
            }
        }
        try report.printTable()
        return report.exitCode
    }

    private static let describe = Command(
        "topics describe", operands: "TOPIC...", operandCount: 1...Int.max,
        summary: "show the partitions, offsets and configuration of topics",
        details: "Configurations that are defaults are shown only with --all.",
        options: ClientArguments.options + [
            OptionSpecification(long: "all", short: "a", summary: "also configurations that are defaults"), output,
        ]
    ) { invocation in
        let session = try AdminSession(invocation)
        var report = CommandReport(CommandArguments(invocation))
        for (name, result) in zip(invocation.operands, session.admin.describeTopics(invocation.operands)) {
            let description: TopicReport
            do throws(KafkaError) {
                let topic = try result.get()
                let configuration = try session.admin.describeConfigs([.topic(name)]).get()[0]
                    .filter { invocation.has("all") || $0.source == .topic }
                description = TopicReport(
                    topic: topic, configuration: configuration,
                    beginnings: offsets(session, topic, .beginning), ends: offsets(session, topic, .end))
            } catch {
                report.failure(error, topic: name)
                continue
            }
            try description.write(to: &report)
        }
        return report.exitCode
    }

    private static func offsets(
        _ session: borrowing AdminSession, _ topic: TopicDescription, _ position: PositionText
    ) -> [Int32: Int64] {
        let partitions = topic.partitions.map { KafkaProtocol.TopicPartition(topic.name, $0.index) }
        var offsets: [Int32: Int64] = [:]
        for (partition, offset) in zip(partitions, session.admin.offsets(of: partitions, at: position)) {
            // A partition without a leader has none.
            if case .success(let offset) = offset { offsets[partition.partition] = offset }
        }
        return offsets
    }

    // MARK: Changing

    private static let set = OptionSpecification(
        long: "set", short: "c", valueName: "NAME=VALUE", summary: "a configuration; repeatable", isRepeatable: true)

    private static let create = Command(
        "topics create", operands: "TOPIC...", operandCount: 1...Int.max, summary: "create topics",
        details: "The broker's defaults apply to what is not given.",
        options: ClientArguments.options + [
            OptionSpecification(long: "partitions", short: "p", valueName: "COUNT", summary: "the number of partitions"),
            OptionSpecification(long: "replicas", short: "r", valueName: "COUNT", summary: "the replicas of each partition"),
            set,
            OptionSpecification(long: "if-not-exists", summary: "succeed if the topic exists"),
            OptionSpecification(long: "dry-run", summary: "only let the broker check the request"), output,
        ]
    ) { invocation in
        let arguments = CommandArguments(invocation)
        let partitions = try arguments.integer("partitions", in: 1...Int64(Int32.max)).map { Int32($0) }
        let replicas = try arguments.integer("replicas", in: 1...Int64(Int16.max)).map { Int16($0) }
        let configuration = try arguments.pairs("set")
        let session = try AdminSession(invocation)
        var report = CommandReport(arguments)
        let topics = invocation.operands.map {
            NewTopic(
                name: $0, partitions: partitions ?? -1, replicationFactor: replicas ?? -1, configuration: configuration)
        }
        let results = session.admin.createTopics(topics, validateOnly: invocation.has("dry-run"))
        for (name, result) in zip(invocation.operands, results) {
            switch result {
            case .success(let topic):
                let count = topic.partitions.map { " with \($0) partitions" } ?? ""
                report.done("\(name) \(invocation.has("dry-run") ? "can be created" : "created")\(count)")
                try report.document([
                    "topic": .string(name), "partitions": topic.partitions.map { .integer(Int64($0)) } ?? .null,
                    "replicas": topic.replicationFactor.map { .integer(Int64($0)) } ?? .null,
                ])
            case .failure(let error):
                if error.errorCode != .topicAlreadyExists || !invocation.has("if-not-exists") { report.failure(error) }
            }
        }
        return report.exitCode
    }

    private static let alter = Command(
        "topics alter", operands: "TOPIC...", operandCount: 1...Int.max,
        summary: "change the configuration of topics, or add partitions",
        details: "Keys map to other partitions when partitions are added.",
        options: ClientArguments.options + [
            set,
            OptionSpecification(
                long: "unset", valueName: "NAME", summary: "return a configuration to its default; repeatable",
                isRepeatable: true),
            OptionSpecification(
                long: "partitions", short: "p", valueName: "COUNT", summary: "the number of partitions afterwards"),
            OptionSpecification(long: "dry-run", summary: "only let the broker check the request"),
        ]
    ) { invocation in
        let arguments = CommandArguments(invocation)
        var operations: [String: ConfigAlteration.Operation] = [:]
        for (name, value) in try arguments.pairs("set") { operations[name] = .set(value) }
        for name in invocation.values(of: "unset") {
            guard operations.updateValue(.delete, forKey: name).map({ $0 == .delete }) ?? true else {
                throw UsageError(message: "--set and --unset both name \(name)", command: invocation.command.name)
            }
        }
        let partitions = try arguments.integer("partitions", in: 1...Int64(Int32.max)).map { Int32($0) }
        guard !operations.isEmpty || partitions != nil else {
            throw UsageError(message: "one of --set, --unset and --partitions is needed", command: invocation.command.name)
        }
        let session = try AdminSession(invocation)
        let isDryRun = invocation.has("dry-run")
        var report = CommandReport(arguments)
        let names = invocation.operands
        var results: [(String, Result<Void, KafkaError>)] = []
        if !operations.isEmpty {
            let alterations = names.map { ConfigAlteration(.topic($0), operations) }
            results += zip(names, session.admin.alterConfigs(alterations, validateOnly: isDryRun))
        }
        if let partitions {
            let added = names.map { NewPartitions(topic: $0, totalCount: partitions) }
            results += zip(names, session.admin.createPartitions(added, validateOnly: isDryRun))
        }
        for case (let name, .failure(let error)) in results { report.failure(error, topic: name) }
        return report.exitCode
    }

    private static let delete = Command(
        "topics delete", operands: "TOPIC...", operandCount: 1...Int.max, summary: "delete topics with their records",
        details: "There is no way back.",
        options: ClientArguments.options + [
            OptionSpecification(long: "if-exists", summary: "succeed if the topic does not exist")
        ]
    ) { invocation in
        let session = try AdminSession(invocation)
        var report = CommandReport(CommandArguments(invocation))
        for (name, result) in zip(invocation.operands, session.admin.deleteTopics(invocation.operands)) {
            switch result {
            case .success: report.done("\(name) deleted")
            case .failure(let error):
                if error.errorCode != .unknownTopicOrPartition || !invocation.has("if-exists") {
                    report.failure(error, topic: name)
                }
            }
        }
        return report.exitCode
    }

    private static let trim = Command(
        "topics trim", operands: "TOPIC", operandCount: 1...1, summary: "delete the first records of partitions",
        details: "Forms of POSITION: \(PositionText.forms). Records before it are deleted; there is no way back.",
        options: ClientArguments.options + [
            OptionSpecification(long: "before", valueName: "POSITION", summary: "the first record that is kept (required)"),
            .partitions, OptionSpecification(long: "dry-run", summary: "only show the offsets"), output,
        ]
    ) { invocation in
        let arguments = CommandArguments(invocation)
        guard let position = try arguments.position("before") else {
            throw UsageError(message: "--before is missing", command: invocation.command.name)
        }
        let wanted = try arguments.partitions()
        let session = try AdminSession(invocation)
        var report = CommandReport(arguments)
        let topic = try session.admin.topics(invocation.operands)[0]
        var targets: [(partition: KafkaProtocol.TopicPartition, before: Int64)] = []
        let partitions = try topic.partitions(wanted)
        for (partition, offset) in zip(partitions, session.admin.offsets(of: partitions, at: position)) {
            switch offset {
            case .success(let offset): targets.append((partition, offset))
            case .failure(let error): report.failure(error)
            }
        }
        let results = invocation.has("dry-run")
            ? targets.map { .success($0.before) } : session.admin.deleteRecords(targets)
        report.row(["PARTITION", "BEGINNING"])
        for (target, result) in zip(targets, results) {
            switch result {
            case .success(let beginning):
                report.row(["\(target.partition.partition)", "\(beginning)"])
                try report.document([
                    "topic": .string(topic.name), "partition": .integer(Int64(target.partition.partition)),
                    "beginning": .integer(beginning),
                ])
            case .failure(let error): report.failure(error)
            }
        }
        try report.printTable()
        return report.exitCode
    }
}

extension TopicDescription {
    /// All partitions, or those with the given numbers.
    func partitions(_ wanted: [Int32]) throws(CommandError) -> [KafkaProtocol.TopicPartition] {
        for index in wanted where !partitions.contains(where: { $0.index == index }) {
            throw CommandError("topic \(name) has no partition \(index); it has \(partitions.count)")
        }
        return (wanted.isEmpty ? partitions.map(\.index) : wanted).map { KafkaProtocol.TopicPartition(name, $0) }
    }
}
