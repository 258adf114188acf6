import WireCore

/// What members of a Connect group exchange inside JoinGroup and SyncGroup
/// (`ConnectProtocol` and `IncrementalCooperativeConnectProtocol` of Kafka).
///
/// Big-endian; STRING = int16 length and UTF-8, BYTES = int32 length (-1: null), ARRAY = int32 count.
enum ConnectProtocolName: String, Sendable, CaseIterable {
    /// Version 2, in order of preference.
    case sessioned
    /// Version 1.
    case compatible
    /// Version 0: eager.
    case eager = "default"

    var version: Int16 {
        switch self {
        case .sessioned: 2
        case .compatible: 1
        case .eager: 0
        }
    }
}

/// A member's introduction: `int16 version | STRING url | int64 configOffset | BYTES allocation` (the last from
/// version 1 on).
///
/// cdcd adds `STRING hostName | STRING bootID`. Java's workers read what they know and leave the rest.
struct MemberMetadata: Equatable, Sendable {
    var url: String
    var configOffset: Int64
    /// What the member runs already.
    var allocation: GroupAssignment?
    /// Where the member runs; Java's workers do not say.
    var host: WorkerHost?

    func encoded(version: Int16) -> [UInt8] {
        var writer = ByteWriter()
        writer.bigEndian(version)
        writer.connectString(url)
        writer.bigEndian(configOffset)
        if version > 0 {
            if let allocation {
                let bytes = allocation.encoded(version: version)
                writer.bigEndian(Int32(bytes.count))
                writer.bytes(bytes)
            } else {
                writer.bigEndian(Int32(-1))
            }
        }
        if let host {
            writer.connectString(host.name)
            writer.connectString(host.bootID)
        }
        return writer.array()
    }

    static func decode(_ bytes: [UInt8]) throws(WireError) -> MemberMetadata {
        var reader = ByteReader(bytes.span.bytes)
        let version = try reader.bigEndian(Int16.self)
        let url = try reader.connectString()
        let offset = try reader.bigEndian(Int64.self)
        var metadata = MemberMetadata(url: url, configOffset: offset)
        // Readers take a message without its later fields as older.
        if version > 0, !reader.isAtEnd {
            let length = try reader.bigEndian(Int32.self)
            if length >= 0 { metadata.allocation = try GroupAssignment.decode(try reader.array(Int(length))) }
        }
        if !reader.isAtEnd {
            metadata.host = WorkerHost(name: try reader.connectString(), bootID: try reader.connectString())
        }
        return metadata
    }
}

/// What a member is to run: `int16 version | int16 error | STRING leader | STRING leaderUrl | int64 configOffset |
/// ARRAY assigned`, from version 1 on `| ARRAY revoked | int32 delay`.
struct GroupAssignment: Equatable, Sendable {
    var error: Int16 = 0
    /// The leader's member id.
    var leader: String
    var leaderURL: String
    var configOffset: Int64
    var connectors: [String] = []
    var tasks: [TaskID] = []
    var revokedConnectors: [String] = []
    var revokedTasks: [TaskID] = []
    var delayMilliseconds: Int32 = 0

    func encoded(version: Int16) -> [UInt8] {
        var writer = ByteWriter()
        writer.bigEndian(version)
        writer.bigEndian(error)
        writer.connectString(leader)
        writer.connectString(leaderURL)
        writer.bigEndian(configOffset)
        writer.assignments(connectors, tasks)
        if version > 0 {
            writer.assignments(revokedConnectors, revokedTasks)
            writer.bigEndian(delayMilliseconds)
        }
        return writer.array()
    }

    static func decode(_ bytes: [UInt8]) throws(WireError) -> GroupAssignment {
        var reader = ByteReader(bytes.span.bytes)
        _ = try reader.bigEndian(Int16.self)
        let error = try reader.bigEndian(Int16.self)
        var assignment = GroupAssignment(
            error: error, leader: try reader.connectString(), leaderURL: try reader.connectString(),
            configOffset: try reader.bigEndian(Int64.self))
        (assignment.connectors, assignment.tasks) = try reader.assignments()
        guard !reader.isAtEnd else { return assignment }
        (assignment.revokedConnectors, assignment.revokedTasks) = try reader.assignments()
        guard !reader.isAtEnd else { return assignment }
        assignment.delayMilliseconds = try reader.bigEndian(Int32.self)
        return assignment
    }
}

/// The number that stands for the connector itself among the numbers of its tasks.
private let connectorTask: Int32 = -1

extension ByteWriter {
    fileprivate mutating func connectString(_ text: String) {
        let bytes = Array(text.utf8.prefix(Int(Int16.max)))
        bigEndian(Int16(bytes.count))
        self.bytes(bytes)
    }

    /// ARRAY of `STRING connector | ARRAY int32 task`.
    fileprivate mutating func assignments(_ connectors: [String], _ tasks: [TaskID]) {
        var names = connectors
        for task in tasks where !names.contains(where: task.connector.isExactly) { names.append(task.connector) }
        bigEndian(Int32(names.count))
        for name in names {
            connectString(name)
            let numbers = tasks.filter { $0.connector.isExactly(name) }.map { Int32(clamping: $0.task) }
            let all = (connectors.contains(where: name.isExactly) ? [connectorTask] : []) + numbers
            bigEndian(Int32(all.count))
            for number in all { bigEndian(number) }
        }
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func connectString() throws(WireError) -> String {
        let length = try bigEndian(Int16.self)
        return try utf8(Int(length))
    }

    @_lifetime(self: copy self)
    fileprivate mutating func count(elementBytesMin: Int) throws(WireError) -> Int {
        let place = absoluteOffset
        let count = Int(try bigEndian(Int32.self))
        // -1 is a null array, which means the same as an empty one.
        guard count >= -1, count <= remainingBytes / elementBytesMin else {
            throw WireError(.badLength(count), at: place)
        }
        return max(0, count)
    }

    @_lifetime(self: copy self)
    fileprivate mutating func assignments() throws(WireError) -> (connectors: [String], tasks: [TaskID]) {
        var connectors: [String] = []
        var tasks: [TaskID] = []
        for _ in 0..<(try count(elementBytesMin: 6)) {
            let name = try connectString()
            for _ in 0..<(try count(elementBytesMin: 4)) {
                let number = try bigEndian(Int32.self)
                if number == connectorTask { connectors.append(name) } else {
                    tasks.append(TaskID(connector: name, task: Int(number)))
                }
            }
        }
        return (connectors, tasks)
    }
}

extension GroupAssignment: CustomStringConvertible {
    /// As Connect logs it.
    var description: String {
        func list(_ items: [some CustomStringConvertible]) -> String {
            "[" + items.map(\.description).joined(separator: ", ") + "]"
        }
        return "Assignment{error=\(error), leader='\(leader)', leaderUrl='\(leaderURL)', offset=\(configOffset), "
            + "connectorIds=\(list(connectors)), taskIds=\(list(tasks)), revokedConnectorIds=\(list(revokedConnectors)), "
            + "revokedTaskIds=\(list(revokedTasks)), delay=\(delayMilliseconds)}"
    }
}
