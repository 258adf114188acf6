import ConnectData

extension RecordEmitter {
    /// Emits the record of a change of the schema; those of a snapshot are held back until the next record is known.
    /// Nothing where `include.schema.changes` is false.
    public func emitSchemaChange(_ change: SchemaChange, source: SourceInfo, isSnapshot: Bool) throws {
        guard configuration.includesSchemaChanges else { return }
        if isSnapshot {
            try holdSchemaChange(change, source)
        } else {
            try emitSchemaChange(change, source, time: clock(), marker: nil)
        }
    }

    func emitSchemaChange(_ change: SchemaChange, _ source: SourceInfo, time: Int64, marker: SnapshotMarker?) throws {
        try send(
            ConnectRecord(
                topic: schemaChanges.topic, partition: 0, keySchema: schemaChanges.keySchema,
                key: schemaChanges.key(change), valueSchema: schemaChanges.valueSchema,
                value: schemaChanges.value(change, source, time: time, marker: marker), headers: contextHeaders))
    }
}
