/// How the generations differ in the schema history.
extension DebeziumProfile {
    package var history: History { History(isModern: isModern) }

    package struct History: Sendable {
        fileprivate let isModern: Bool

        /// Whether history records carry the time at which they were written.
        package var hasTimestamps: Bool { isModern }

        /// Whether tables in the history have `attributes`, and drops leave the table out.
        package var hasAttributes: Bool { isModern }

        /// Whether recovery takes the tables from the history's `tableChanges`; else it reads the statements again.
        package var recoversFromTableChanges: Bool { isModern }

        /// The suffix of the client ids of the history's Kafka clients, after the connector's logical name.
        package var clientSuffix: String { isModern ? "-schemahistory" : "-dbhistory" }
    }
}
