import ConnectData

/// How Confluent's converters name the subject of a schema.
package enum SubjectNameStrategy: Sendable, CaseIterable {
    /// `<topic>-key` or `<topic>-value`.
    case topicName
    /// The full name of the record.
    case recordName
    /// `<topic>-<full name of the record>`.
    case topicRecordName

    package var className: String {
        let name =
            switch self {
            case .topicName: "TopicNameStrategy"
            case .recordName: "RecordNameStrategy"
            case .topicRecordName: "TopicRecordNameStrategy"
            }
        return "io.confluent.kafka.serializers.subject." + name
    }

    /// - Parameter recordName: the full name of an Avro record, the title of a JSON schema, or the full name of a
    ///   Protobuf message; nil if the schema has none.
    /// - Throws: `DataError` if a name is needed and there is none.
    package func subject(topic: String, isKey: Bool, recordName: String?) throws(DataError) -> SchemaSubject {
        switch self {
        case .topicName: return SchemaSubject("\(topic)-\(isKey ? "key" : "value")")
        case .recordName: return SchemaSubject(try name(recordName, isKey))
        case .topicRecordName: return SchemaSubject("\(topic)-\(try name(recordName, isKey))")
        }
    }

    private func name(_ recordName: String?, _ isKey: Bool) throws(DataError) -> String {
        guard let recordName else {
            let what = isKey ? "key" : "value"
            throw DataError(
                "In configuration \(what).subject.name.strategy = \(className), the message \(what) must only be a record "
                    + "schema")
        }
        return recordName
    }
}
