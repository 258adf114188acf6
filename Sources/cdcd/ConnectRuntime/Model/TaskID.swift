import WireCore

/// Identifies a task: its connector and its number.
package struct TaskID: Hashable, Sendable, CustomStringConvertible {
    let connector: String
    let task: Int

    package init(connector: String, task: Int) {
        self.connector = connector
        self.task = task
    }

    package var description: String { "\(connector)-\(task)" }

    package static func == (a: TaskID, b: TaskID) -> Bool { a.task == b.task && a.connector.isExactly(b.connector) }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ExactName(connector))
        hasher.combine(task)
    }

    /// From `NAME-N`, as keys of tasks end: the number follows the last hyphen.
    init?(keySuffix text: String) {
        let bytes = text.utf8
        guard let hyphen = bytes.lastIndex(of: UInt8(ascii: "-")), let task = Int(text[bytes.index(after: hyphen)...]),
            (0...Int(Int32.max)).contains(task)
        else { return nil }
        self.init(connector: String(text[..<hyphen]), task: task)
    }
}
