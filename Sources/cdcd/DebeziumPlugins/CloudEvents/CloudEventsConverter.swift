import ConnectData
import WireCore

/// Debezium's `io.debezium.converters.CloudEventsConverter`: writes change events as CloudEvents, as JSON or Avro with
/// data as JSON or Avro. Any other record becomes Kafka's null, as in Debezium.
///
/// The behaviour is that of the generation that the connector's configuration selects. JSON and Avro are written by the
/// converters of Kafka, Confluent and Apicurio.
package final class CloudEventsConverter: Converter {
    package static let plugin = PluginDescriptor(
        "io.debezium.converters.CloudEventsConverter", version: { DebeziumGeneration(configuration: $0).version },
        properties: { _ in PluginProperties(ConfigDefinition([])) },
        factory: .converter { context throws(ConfigError) in try CloudEventsConverter(context) })

    private struct PlanKey: Hashable {
        let record: ObjectIdentifier
        let source: ObjectIdentifier
        let connector: String
    }

    let options: CloudEventsOptions
    /// Writes events without schemas.
    let eventsAsJSON: any Converter
    /// Writes data, with schemas if `json.schemas.enable` is true.
    let dataAsJSON: any Converter
    private let headersAsJSON: any Converter
    let avro: (any Converter)?
    private let registryURLs: String
    let dataHasSchemas: Bool
    /// With the schemas by whose identity they are found.
    /// With the record's schema, which an entry retains: another one must not get its identity.
    private var plans = BoundedCache<PlanKey, (record: Schema, plan: CloudEventPlan)>(countMax: 4096)

    private static let jsonClass = "org.apache.kafka.connect.json.JsonConverter"

    private init(_ context: PluginContext) throws(ConfigError) {
        let generation = DebeziumGeneration(configuration: context.connectorConfiguration)
        let options = try CloudEventsOptions(generation: generation, configuration: context.properties)
        self.options = options
        func converter(_ name: String, _ properties: [String: String]) throws(ConfigError) -> any Converter {
            try context.plugins.makeConverter(
                name, property: "value.converter", context.forDelegate(properties))
        }
        let json = options.jsonProperties.merging(["converter.type": "value"]) { $1 }
        eventsAsJSON = try converter(Self.jsonClass, json.merging(["schemas.enable": "false"]) { $1 })
        dataAsJSON = try converter(Self.jsonClass, json)
        headersAsJSON = try converter(Self.jsonClass, ["schemas.enable": "true", "converter.type": "header"])
        dataHasSchemas = JavaText.trim(json["schemas.enable"] ?? "true").lowercased() != "false"
        guard options.dataSerializer == .avro else {
            (avro, registryURLs) = (nil, "")
            return
        }
        guard let urls = options.apicurioURLs ?? options.confluentURLs else {
            throw ConfigError(
                name: "data.serializer.type",
                message: "Need URL(s) for schema registry instances for CloudEvents when using Apache Avro")
        }
        registryURLs = URLText.withoutUserInformation(urls)
        avro = try converter(
            options.apicurioURLs == nil
                ? "io.confluent.connect.avro.AvroConverter" : "io.apicurio.registry.utils.converter.AvroConverter",
            options.avroProperties.merging(["converter.type": "value"]) { $1 })
    }

    package var readsRecordHeaders: Bool { options.metadata.readsHeaders }

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        try convert(value, schema: schema, topic: topic, headers: [], into: &writer)
    }

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, headers: [RawHeader], into writer: inout ByteWriter
    ) throws -> Bool {
        guard let schema, !value.isNull else { return false }
        if options.metadata.common == .value, !schema.isEnvelope { return false }
        // Without these headers it is no change event, whatever its value is.
        if options.metadata.common == .header {
            guard headers.contains(where: { $0.name == "source" }), headers.contains(where: { $0.name == "op" }) else {
                return false
            }
        }
        guard schema.type == .structure else { throw DataError("Mismatching schema") }
        let record = try value.requiringStruct(schema, for: "CloudEvents converter")
        guard let metadata = try CloudEventMetadata(record, headers, options, decodeHeader: { header in
            guard let bytes = header.value else { return .null }
            return try bytes.withUnsafeBytes { try headersAsJSON.decode($0, topic: "", headers: []) }
        }) else { return false }
        let plan = try plan(record.schema, metadata)
        let data = try plan.data(record, metadata)
        if let avro { return try write(metadata, data, plan, topic: topic, avro, into: &writer) }
        guard dataHasSchemas else {
            return try write(
                try plan.event(metadata, data: .structure(data), data.schema, dataSchemaURI: nil), topic, &writer)
        }
        let event = try plan.event(metadata, data: .structure(Self.noData), Self.noData.schema, dataSchemaURI: nil)
        guard try write(event, topic, &writer) else { return false }
        // The data replaces the empty object at the event's end: `…"data":{}}`.
        writer.truncate(to: writer.count - 3)
        guard try dataAsJSON.convert(.structure(data), schema: data.schema, topic: topic, into: &writer) else {
            return false
        }
        writer.byte(UInt8(ascii: "}"))
        return true
    }

    private static let noData = Struct(schema: Schema(.structure), values: [])
    private static let bytes = Schema(.bytes)

    private func write(_ event: Struct, _ topic: String, _ writer: inout ByteWriter) throws -> Bool {
        try eventsAsJSON.convert(.structure(event), schema: event.schema, topic: topic, into: &writer)
    }

    /// Writes an event whose data is Avro, as JSON or Avro.
    private func write(
        _ metadata: CloudEventMetadata, _ data: Struct, _ plan: CloudEventPlan, topic: String, _ avro: any Converter,
        into writer: inout ByteWriter
    ) throws -> Bool {
        let dataTopic = options.serializer == .avro ? topic + "-data" : topic
        var dataWriter = ByteWriter()
        guard try avro.convert(.structure(data), schema: data.schema, topic: dataTopic, into: &dataWriter) else {
            return false
        }
        let bytes = dataWriter.array()
        guard bytes.count >= 5 else { throw DataError("The Avro converter wrote no schema id") }
        let id = bytes[1..<5].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        let event = try plan.event(
            metadata, data: .bytes(bytes), Self.bytes, dataSchemaURI: "\(registryURLs)/schemas/ids/\(id)")
        guard options.serializer == .avro else { return try write(event, topic, &writer) }
        return try avro.convert(.structure(event), schema: event.schema, topic: topic, into: &writer)
    }

    private func plan(_ record: Schema, _ metadata: CloudEventMetadata) throws -> CloudEventPlan {
        let source = metadata.source.schema
        let key = PlanKey(
            record: ObjectIdentifier(record), source: ObjectIdentifier(source), connector: metadata.connector)
        return try plans.value(for: key) { () throws(DataError) in
            (record, try CloudEventPlan(record: record, source: source, connector: metadata.connector, options))
        }.plan
    }
}
