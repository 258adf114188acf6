import WireCore

// Big-endian; STRING = int16 length and UTF-8, BYTES = int32 length (-1: null), ARRAY = int32 count.

/// The task number that denotes the connector itself.
private let connectorTask: Int32 = -1

extension ByteWriter {
    mutating func connectString(_ text: String) {
        let bytes = Array(text.utf8.prefix(Int(Int16.max)))
        bigEndian(Int16(bytes.count))
        self.bytes(bytes)
    }

    /// ARRAY of `STRING connector | ARRAY int32 task`.
    mutating func assignments(_ connectors: [String], _ tasks: [TaskID]) {
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
    mutating func connectString() throws(WireError) -> String {
        let length = try bigEndian(Int16.self)
        return try utf8(Int(length))
    }

    @_lifetime(self: copy self)
    private mutating func count(elementBytesMin: Int) throws(WireError) -> Int {
        let place = absoluteOffset
        let count = Int(try bigEndian(Int32.self))
        // -1 is a null array, which means the same as an empty one.
        guard count >= -1, count <= remainingBytes / elementBytesMin else {
            throw WireError(.badLength(count), at: place)
        }
        return max(0, count)
    }

    @_lifetime(self: copy self)
    mutating func assignments() throws(WireError) -> (connectors: [String], tasks: [TaskID]) {
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
