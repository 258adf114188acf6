import ConnectData

/// A schema registry as a converter for keys or for values uses it.
struct ConverterRegistry {
    let client: SchemaRegistry
    let framing: SchemaFraming
    /// The subject of a schema, by the topic and the name of the record.
    let subject: (_ topic: String, _ recordName: String?) throws(DataError) -> SchemaSubject

    init(
        _ client: SchemaRegistry, _ framing: SchemaFraming,
        subject: @escaping (_ topic: String, _ recordName: String?) throws(DataError) -> SchemaSubject
    ) {
        self.client = client
        self.framing = framing
        self.subject = subject
    }

    /// As Confluent's converters use it.
    init(_ client: SchemaRegistry, _ framing: SchemaFraming, subjects: SubjectNameStrategy = .topicName) {
        self.init(client, framing) { topic, recordName throws(DataError) in
            try subjects.subject(topic: topic, isKey: framing.isKey, recordName: recordName)
        }
    }

    /// As the properties of one of Confluent's converters say.
    init(confluent context: PluginContext) throws(ConfigError) {
        let settings = try ConfluentRegistrySettings(context.properties)
        let isKey = context.properties["converter.type"] == "key"
        if !context.addsRecordHeaders, settings.framing(isKey: isKey).addsRecordHeaders {
            throw ConfigError(
                name: "\(isKey ? "key" : "value").schema.id.serializer",
                message: "The converter has no record headers for the schema's id: another converter delegates to it")
        }
        self.init(try settings.makeRegistry(isKey: isKey, control: context.control), settings, isKey: isKey)
    }

    init(_ client: SchemaRegistry, _ settings: ConfluentRegistrySettings, isKey: Bool) {
        self.init(client, settings.framing(isKey: isKey), subjects: settings.subjects(isKey: isKey))
    }

    /// The schema of a record that is read. It is looked for in its subject, unless that depends on the record's name,
    /// which only the schema has.
    func schema(_ id: SchemaID, topic: String) throws -> RegisteredSchema {
        try client.schema(id: id, subject: try? subject(topic, nil))
    }
}
