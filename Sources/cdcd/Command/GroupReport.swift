import KafkaProtocol
import KafkaWire
import WireCore

/// What `cdcd groups describe` shows of a group.
struct GroupReport {
    private struct Row {
        var partition: KafkaProtocol.TopicPartition
        var committed: OffsetAndMetadata?
        var end: Int64?
        var member: GroupDescription.Member?

        var lag: Int64? {
            guard let committed, let end else { return nil }
            return max(0, end - committed.offset)
        }
    }

    private let group: GroupDescription
    private var rows: [Row] = []
    private var failures: [KafkaError] = []

    init(group: GroupDescription, offsets: [GroupOffset], _ admin: KafkaAdmin) {
        self.group = group
        var found: [KafkaProtocol.TopicPartition: Row] = [:]
        for offset in offsets {
            switch offset.offset {
            case .success(let committed):
                found[offset.partition] = Row(partition: offset.partition, committed: committed)
            case .failure(let error): failures.append(error)
            }
        }
        for member in group.members {
            for partition in member.partitions { found[partition, default: Row(partition: partition)].member = member }
        }
        rows = found.values.sorted { $0.partition < $1.partition }
        for (index, end) in admin.offsets(of: rows.map(\.partition), at: .end).enumerated() {
            switch end {
            case .success(let end): rows[index].end = end
            case .failure(let error): failures.append(error)
            }
        }
    }

    func write(to report: inout CommandReport) throws(CommandError) {
        try report.document(document)
        let protocolName = group.protocolName.isEmpty ? "" : "  assignor \(group.protocolName)"
        try report.text(
            "\(group.groupID)  state \(group.state)  type \(group.type.rawValue)\(protocolName)  members \(group.members.count)")
        report.row(["TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "MEMBER", "CLIENT", "HOST"])
        for row in rows {
            report.row([
                row.partition.topic, "\(row.partition.partition)", Self.text(row.committed?.offset), Self.text(row.end),
                Self.text(row.lag), row.member?.memberID ?? "-", row.member?.clientID ?? "-", row.member?.clientHost ?? "-",
            ])
        }
        // Members without partitions.
        for member in group.members where member.partitions.isEmpty {
            report.row(["-", "-", "-", "-", "-", member.memberID, member.clientID, member.clientHost])
        }
        try report.printTable()
        for failure in failures { report.failure(failure) }
    }

    private static func text(_ number: Int64?) -> String { number.map { "\($0)" } ?? "-" }

    private var document: JSONObject {
        let partitions = rows.map { row in
            JSONValue.object([
                "topic": .string(row.partition.topic), "partition": .integer(Int64(row.partition.partition)),
                "committed": Self.json(row.committed?.offset), "end": Self.json(row.end), "lag": Self.json(row.lag),
                "metadata": row.committed.map { .string($0.metadata) } ?? .null,
                "member": row.member.map { .string($0.memberID) } ?? .null,
            ])
        }
        let members = group.members.map { member in
            JSONValue.object([
                "member": .string(member.memberID), "client": .string(member.clientID), "host": .string(member.clientHost),
                "instance": member.groupInstanceID.map { .string($0) } ?? .null,
            ])
        }
        return [
            "group": .string(group.groupID), "state": .string(group.state), "type": .string(group.type.rawValue),
            "protocol": .string(group.protocolType), "assignor": .string(group.protocolName),
            "members": .array(members), "partitions": .array(partitions),
        ]
    }

    private static func json(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }
}
