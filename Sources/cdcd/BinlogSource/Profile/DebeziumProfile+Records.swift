/// How the generations differ in topics, schemas, headers and kinds of records.
extension DebeziumProfile {
    package var records: Records { Records(isModern: isModern) }

    package struct Records: Sendable {
        fileprivate let isModern: Bool

        /// Whether the schemas of envelopes, sources and schema changes have versions, `transaction` precedes `op`, and
        /// there are times in micro- and nanoseconds.
        package var hasVersionedSchemas: Bool { isModern }

        /// The maximum length of a topic name, to which longer ones are cut; nil if they are not cut.
        package var topicLengthMax: Int? { isModern ? 249 : nil }

        /// Whether the names of key and row schemas come from the topic's name; otherwise from the names of database
        /// and table as they are.
        package var namesSchemasByTopic: Bool { isModern }

        /// Whether `_` precedes a digit at the start of an adjusted schema name; otherwise it replaces it.
        package var keepsFirstDigitOfNames: Bool { isModern }

        /// Whether a column's comment is the documentation of its field's schema.
        package var documentsColumns: Bool { isModern }

        /// Whether TRUNCATE can give an `op` `t` (from 2.1 on).
        package var hasTruncateRecords: Bool { isModern }
    }
}
