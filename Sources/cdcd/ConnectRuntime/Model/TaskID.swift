import WireCore

/// Which task of which connector.
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
}
