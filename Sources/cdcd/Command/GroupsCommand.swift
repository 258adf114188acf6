import ConnectRuntime
import KafkaProtocol
import KafkaWire
import WireCore

/// `cdcd groups`: lists, describes and changes consumer groups and their offsets.
enum GroupsCommand {
    static let entry = Command(
        "groups", summary: "list, describe and change consumer groups and their offsets",
        details: "With --output=json each result is a JSON document on a line of its own.",
        subcommands: [list, describe, seek, forget, delete])

    private static let output = OptionSpecification.output("text (default) or json")

    private static let list = Command(
        "groups list", summary: "list the groups", details: "Brokers report states since Kafka 2.6, types since 3.8.",
        options: ClientArguments.options + [
            OptionSpecification(
                long: "state", valueName: "STATE", summary: "only groups in this state, for example Stable; repeatable",
                isRepeatable: true), output,
        ]
    ) { invocation in
        let session = try AdminSession(invocation)
        var report = CommandReport(CommandArguments(invocation))
        report.row(["GROUP", "STATE", "TYPE", "PROTOCOL"])
        var groups: [GroupListing] = []
        for result in session.admin.listGroups(states: invocation.values(of: "state")) {
            switch result {
            case .success(let listed): groups += listed
            case .failure(let error): report.failure(error)
            }
        }
        for group in groups.sorted(by: { $0.groupID < $1.groupID }) {
            report.row([group.groupID, group.state, group.type.rawValue, group.protocolType])
            try report.document([
                "group": .string(group.groupID), "state": .string(group.state), "type": .string(group.type.rawValue),
                "protocol": .string(group.protocolType),
            ])
        }
        try report.printTable()
        return report.exitCode
    }

    private static let describe = Command(
        "groups describe", operands: "GROUP...", operandCount: 1...Int.max,
        summary: "show the members, offsets and lag of groups",
        details: "The lag is the number of offsets from the committed one to the end of the partition.",
        options: ClientArguments.options + [output]
    ) { invocation in
        let session = try AdminSession(invocation)
        var report = CommandReport(CommandArguments(invocation))
        for (name, result) in zip(invocation.operands, session.admin.describeGroups(invocation.operands)) {
            let description: GroupReport
            do throws(KafkaError) {
                let group = try result.get()
                let offsets = try session.admin.listGroupOffsets([(name, nil)]).get()[0]
                description = GroupReport(group: group, offsets: offsets, session.admin)
            } catch {
                report.failure(error)
                continue
            }
            try description.write(to: &report)
        }
        return report.exitCode
    }

    private static let topics = OptionSpecification(
        long: "topic", short: "t", valueName: "TOPIC", summary: "only this topic; repeatable", isRepeatable: true)

    private static let seek = Command(
        "groups seek", operands: "GROUP", operandCount: 1...1,
        summary: "commit other offsets for a group that has no members",
        details: """
            Forms of POSITION: \(PositionText.forms). Without --topic all partitions with a committed offset are changed.
            """,
        options: ClientArguments.options + [
            OptionSpecification(long: "to", valueName: "POSITION", summary: "the position of the next record (required)"),
            topics, .partitions, OptionSpecification(long: "dry-run", summary: "only show the offsets"), output,
        ]
    ) { invocation in
        let arguments = CommandArguments(invocation)
        guard let position = try arguments.position("to") else {
            throw UsageError(message: "--to is missing", command: invocation.command.name)
        }
        let group = invocation.operands[0]
        let session = try AdminSession(invocation)
        var report = CommandReport(arguments)
        var targets: [(partition: KafkaProtocol.TopicPartition, offset: OffsetAndMetadata)] = []
        let partitions = try partitions(group, arguments, session)
        let offsets = session.admin.offsets(of: partitions, at: position)
        let beginnings = session.admin.offsets(of: partitions, at: .beginning)
        let ends = session.admin.offsets(of: partitions, at: .end)
        for (index, (partition, offset)) in zip(partitions, offsets).enumerated() {
            do throws(KafkaError) {
                let (beginning, end) = (try beginnings[index].get(), try ends[index].get())
                targets.append((partition, OffsetAndMetadata(min(max(try offset.get(), beginning), end))))
            } catch { report.failure(error) }
        }
        let results = invocation.has("dry-run")
            ? targets.map { _ in .success(()) } : session.admin.alterGroupOffsets(group, targets)
        report.row(["TOPIC", "PARTITION", "OFFSET"])
        for (target, result) in zip(targets, results) {
            if case .failure(let error) = result {
                report.failure(error)
                continue
            }
            report.row([target.partition.topic, "\(target.partition.partition)", "\(target.offset.offset)"])
            try report.document([
                "group": .string(group), "topic": .string(target.partition.topic),
                "partition": .integer(Int64(target.partition.partition)), "offset": .integer(target.offset.offset),
            ])
        }
        try report.printTable()
        return report.exitCode
    }

    private static let forget = Command(
        "groups forget", operands: "GROUP", operandCount: 1...1, summary: "delete committed offsets of a group",
        details: "The group must have no member that subscribes to the topic.",
        options: ClientArguments.options + [topics, .partitions]
    ) { invocation in
        let arguments = CommandArguments(invocation)
        guard invocation.has("topic") else {
            throw UsageError(message: "--topic is missing; `cdcd groups delete` deletes a whole group", command: invocation.command.name)
        }
        let session = try AdminSession(invocation)
        var report = CommandReport(arguments)
        let partitions = try partitions(invocation.operands[0], arguments, session)
        for case .failure(let error) in session.admin.deleteGroupOffsets(invocation.operands[0], partitions) {
            report.failure(error)
        }
        return report.exitCode
    }

    private static let delete = Command(
        "groups delete", operands: "GROUP...", operandCount: 1...Int.max,
        summary: "delete groups without members, with their offsets", details: "There is no way back.",
        options: ClientArguments.options
    ) { invocation in
        let session = try AdminSession(invocation)
        var report = CommandReport(CommandArguments(invocation))
        for (name, result) in zip(invocation.operands, session.admin.deleteGroups(invocation.operands)) {
            switch result {
            case .success: report.done("\(name) deleted")
            case .failure(let error): report.failure(error)
            }
        }
        return report.exitCode
    }

    /// The partitions that the options select: of the topics, or those with a committed offset.
    private static func partitions(
        _ group: String, _ arguments: CommandArguments, _ session: borrowing AdminSession
    ) throws -> [KafkaProtocol.TopicPartition] {
        let (names, wanted) = (arguments.values(of: "topic"), try arguments.partitions())
        guard names.isEmpty else {
            return try session.admin.topics(names).flatMap { try $0.partitions(wanted) }
        }
        let committed = try session.admin.listGroupOffsets([(group, nil)]).get()[0].map(\.partition)
        let selected = committed.filter { wanted.isEmpty || wanted.contains($0.partition) }
        guard !selected.isEmpty else {
            throw CommandError("group \(group) has no committed offsets; name topics with --topic")
        }
        return selected.sorted()
    }
}
