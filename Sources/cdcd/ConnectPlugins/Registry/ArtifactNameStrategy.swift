import ConnectData

/// How Apicurio's converters name the artifact of a schema.
package enum ArtifactNameStrategy: String, Sendable, CaseIterable {
    /// `<topic>-key` or `<topic>-value`.
    case topic = "io.apicurio.registry.serde.strategy.TopicIdStrategy"
    /// The topic.
    case simpleTopic = "io.apicurio.registry.serde.strategy.SimpleTopicIdStrategy"
    /// The name of the record, in the group of its namespace.
    case record = "io.apicurio.registry.serde.avro.strategy.RecordIdStrategy"
    /// `<topic>-<name of the record>`, in the group of its namespace.
    case topicRecord = "io.apicurio.registry.serde.avro.strategy.TopicRecordIdStrategy"
    /// The full name of the record.
    case qualifiedRecord = "io.apicurio.registry.serde.avro.strategy.QualifiedRecordIdStrategy"

    /// - Parameter recordName: the full name of an Avro record or enum; nil for other schemas.
    /// - Throws: `DataError` if a name is needed and there is none.
    package func artifact(topic: String, isKey: Bool, recordName: String?) throws(DataError) -> SchemaSubject {
        switch self {
        case .topic: return SchemaSubject("\(topic)-\(isKey ? "key" : "value")")
        case .simpleTopic: return SchemaSubject(topic)
        case .record, .topicRecord, .qualifiedRecord: break
        }
        guard let recordName else { throw DataError("The message must only be an Avro record schema!") }
        let dot = recordName.lastIndex(of: ".")
        let name = dot.map { String(recordName[recordName.index(after: $0)...]) } ?? recordName
        let namespace = dot.map { String(recordName[..<$0]) }
        switch self {
        case .record: return SchemaSubject(name, group: namespace)
        case .topicRecord: return SchemaSubject("\(topic)-\(name)", group: namespace)
        case .qualifiedRecord, .topic, .simpleTopic: return SchemaSubject(recordName)
        }
    }
}
