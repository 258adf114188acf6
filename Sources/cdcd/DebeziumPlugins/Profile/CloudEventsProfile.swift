import ConnectData

/// Every decision of the CloudEvents converter that depends on the generation of Debezium, by name.
struct CloudEventsProfile: Sendable {
    private let isModern: Bool

    init(_ generation: DebeziumGeneration) { isModern = generation == .v36 }

    /// Whether metadata may come from headers, and extension attributes may be left out.
    var hasMetadataOptions: Bool { isModern }

    /// Whether the mode `avro_unicode` exists.
    var adjustsToUnicode: Bool { isModern }

    /// The connectors whose change events are known.
    var connectors: [String] { isModern ? ["mysql", "mariadb"] : ["mysql"] }

    /// The fields of a change event that are the data of an event; nil: all of them.
    func dataFields(_ connector: String) -> [String]? { connector == "mariadb" ? nil : ["before", "after"] }

    func eventType(_ connector: String) -> String {
        isModern ? "io.debezium.connector.\(connector).DataChangeEvent" : "io.debezium.\(connector).datachangeevent"
    }

    func dataSchemaName(_ connector: String) -> String {
        "io.debezium.connector.\(isModern ? connector : "mysql").Data"
    }
}
