import ConnectData
import DebeziumPlugins

/// Every decision of the connector that depends on the generation of Debezium, by subject and name.
///
/// No other code of the connector tests for a generation. Each subject has a file:
///
/// | subject | decides |
/// |---|---|
/// | `columns` | what a statement says of a column or a key |
/// | `schemaChanges` | which statements change the schema, and the records of schema changes |
/// | `history` | documents and recovery of the schema history |
/// | `offsets` | what offsets hold and positions mean |
/// | `records` | topics, schemas, headers and kinds of records |
/// | `snapshots` | order and marks of snapshots, and values that differ from the stream's |
/// | `values` | conversion of column values |
/// | `messages` | terms of error messages |
///
/// What concerns the properties of a configuration is a member of the profile itself.
package struct DebeziumProfile: Sendable, Hashable {
    package let generation: DebeziumGeneration

    package static let v19 = DebeziumProfile(generation: .v19)
    package static let v36 = DebeziumProfile(generation: .v36)

    package init(generation: DebeziumGeneration) { self.generation = generation }

    package init(configuration: [String: String]) {
        self.init(generation: DebeziumGeneration(configuration: configuration))
    }

    /// `source.version`.
    package var version: String { generation.version }

    var isModern: Bool { generation == .v36 }
}
