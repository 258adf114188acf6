/// How the generations differ in the terms of error messages.
extension DebeziumProfile {
    package var messages: Messages { Messages(isModern: isModern) }

    package struct Messages: Sendable {
        fileprivate let isModern: Bool

        /// The term for the binlog.
        package var binlogTerm: String { isModern ? "change stream" : "binlog" }

        /// The term for the server.
        package var serverTerm: String { isModern ? "database server" : "MySQL server" }

        /// The snapshot mode that is recommended if the schema history is lost.
        package var recoveryModeName: String { isModern ? "recovery" : "SCHEMA_ONLY_RECOVERY" }
    }
}
