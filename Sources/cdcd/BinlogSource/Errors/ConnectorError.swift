/// Why a connector cannot continue, for its operators: what failed and where, the cause, and the remedy.
///
/// The first line is Debezium's message in the same case, if it has one.
package struct ConnectorError: Error, Hashable, Sendable, CustomStringConvertible {
    package let summary: String
    /// The server's or the system's own message.
    package let cause: String?
    /// The remedy: the statement to run, the variable to set.
    package let remedy: String?

    package init(_ summary: String, cause: String? = nil, remedy: String? = nil) {
        self.summary = summary
        self.cause = cause
        self.remedy = remedy
    }

    package var description: String {
        var lines = [summary]
        if let cause { lines.append("Caused by: \(cause)") }
        if let remedy { lines.append("Remedy: \(remedy)") }
        return lines.joined(separator: "\n")
    }
}
