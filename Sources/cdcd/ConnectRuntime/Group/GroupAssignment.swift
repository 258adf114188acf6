import WireCore

/// What a member has to run: `int16 version | int16 error | STRING leader | STRING leaderUrl | int64 configOffset |
/// ARRAY assigned`, from version 1 on `| ARRAY revoked | int32 delay`.
package struct GroupAssignment: Equatable, Sendable {
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

    package init(
        error: Int16 = 0, leader: String, leaderURL: String, configOffset: Int64, connectors: [String] = [],
        tasks: [TaskID] = [], revokedConnectors: [String] = [], revokedTasks: [TaskID] = [],
        delayMilliseconds: Int32 = 0
    ) {
        self.error = error
        self.leader = leader
        self.leaderURL = leaderURL
        self.configOffset = configOffset
        self.connectors = connectors
        self.tasks = tasks
        self.revokedConnectors = revokedConnectors
        self.revokedTasks = revokedTasks
        self.delayMilliseconds = delayMilliseconds
    }

    package func encoded(version: Int16) -> [UInt8] {
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

    package static func decode(_ bytes: [UInt8]) throws(WireError) -> GroupAssignment {
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

extension GroupAssignment: CustomStringConvertible {
    /// As Connect logs it.
    package var description: String {
        func list(_ items: [some CustomStringConvertible]) -> String {
            "[" + items.map(\.description).joined(separator: ", ") + "]"
        }
        return "Assignment{error=\(error), leader='\(leader)', leaderUrl='\(leaderURL)', offset=\(configOffset), "
            + "connectorIds=\(list(connectors)), taskIds=\(list(tasks)), revokedConnectorIds=\(list(revokedConnectors)), "
            + "revokedTaskIds=\(list(revokedTasks)), delay=\(delayMilliseconds)}"
    }
}
