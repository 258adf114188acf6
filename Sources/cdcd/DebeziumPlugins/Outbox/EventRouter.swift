import ConnectData
import WireCore

/// Debezium's `io.debezium.transforms.outbox.EventRouter`: turns the inserts into an outbox table into the events that
/// its rows contain. Deletes and tombstones are dropped; records that are no change events are passed on.
///
/// The behaviour is that of the generation that the connector's configuration selects. Everything that depends on
/// schemas is resolved once per schema.
package final class EventRouter: Transformation {
    package static let plugin = PluginDescriptor(
        "io.debezium.transforms.outbox.EventRouter", version: { DebeziumGeneration(configuration: $0).version },
        properties: { OutboxOptions.properties(DebeziumGeneration(configuration: $0)) },
        factory: .transformation { context throws(ConfigError) in
            let generation = DebeziumGeneration(configuration: context.connectorConfiguration)
            return try EventRouter(
                OutboxOptions(generation: generation, configuration: context.properties),
                connector: context.connectorConfiguration["name"])
        })

    private let options: OutboxOptions
    private let logger: Logger
    private var plans = SchemaPlans<OutboxPlan>()
    private var envelopes: OutboxEnvelopes
    private var topics: TopicReplacement
    /// nil: JSON stays text.
    private let jsonPayload: JSONPayload?
    private var unexpandedPayloads = LogCounter()
    private var unexpectedUpdates = LogCounter()

    init(_ options: OutboxOptions, connector: String?) throws(ConfigError) {
        self.options = options
        logger = Logger(
            "io.debezium.transforms.outbox.EventRouterDelegate", context: connector.map { "[\($0)] " } ?? "")
        envelopes = OutboxEnvelopes(options.profile)
        do throws(JavaPattern.SyntaxError) {
            topics = TopicReplacement(try JavaPattern(options.topicRegex), replacement: options.topicReplacement)
        } catch {
            throw ConfigError(name: "route.topic.regex", value: error.pattern, reason: error.description)
        }
        jsonPayload = options.expandsJSON ? JSONPayload(options) : nil
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        if record.value.isNull { return false }
        guard let schema = record.valueSchema, schema.isEnvelope else { return true }
        let event = try record.value.requiringStruct(schema, for: "Detect Debezium Operation")
        let plan = plans.plan(for: event.schema) { OutboxPlan($0, options) }
        guard let operation = try plan.operation.string(in: event) else {
            throw DataError("The event of \(record.topic) has no operation")
        }
        if operation == "d" { return false }
        if operation == "u" {
            try handleUpdate(record)
            return false
        }
        guard let afterIndex = plan.afterIndex else { throw DataError("Unknown field: after") }
        let row = try event.values[afterIndex].requiringStruct(plan.rowSchema, for: "Read Outbox Event")
        try route(&record, plan, event, row)
        return true
    }

    /// Inserts depend on values; deletes and tombstones are dropped whatever their values are.
    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        switch shape.value {
        case .constant(.null): return .dropped
        case .input: return .dependsOnValues
        case .constant, .structure: break
        }
        guard let schema = shape.valueSchema, schema.isEnvelope else { return .applied }
        guard let fields = shape.value.fields, let index = schema.index(of: "op") else { return .dependsOnValues }
        return fields[index] == .constant(.string("d")) ? .dropped : .dependsOnValues
    }

    private func route(_ record: inout ConnectRecord, _ plan: OutboxPlan, _ event: Struct, _ row: Struct) throws {
        guard var payloadSchema = plan.payload.schema else {
            throw DataError("Unable to find payload field \(plan.payload.name) in event")
        }
        let timestamp = try plan.timestamp(event, row)
        var headers = record.headers
        headers.append(.init("id", schema: plan.id.schema, value: try plan.id.value(in: row)))
        var payload = try plan.payload.value(in: row)
        if let jsonPayload { expand(&payload, &payloadSchema, jsonPayload) }

        var message: Struct?
        if options.hasEnvelope {
            let version = try plan.version?.integer(.int32, in: row) ?? nil
            let schema = try envelopes.schema(
                plan, payload: payloadSchema, version: version, route: try routeValue(plan, row))
            message = Struct(schema: schema, values: try envelopeValues(plan, row, payload))
        }
        var partition: Int32?
        for field in plan.additional {
            switch field.placement {
            case .envelope: continue
            case .header:
                headers.append(.init(field.alias, schema: field.column.schema, value: try field.column.value(in: row)))
            case .partition: partition = try field.column.integer(.int32, in: row).map { Int32(clamping: $0) }
            }
        }
        let key = try plan.keyOf(row)
        let topic = try topics.target(of: try routeValue(plan, row))

        if options.routesEmptyPayloadsAsTombstones, Self.isEmpty(payload) {
            record.valueSchema = nil
            record.value = .null
        } else if let message {
            record.valueSchema = message.schema
            record.value = .structure(message)
        } else {
            record.valueSchema = payloadSchema
            record.value = payload
        }
        record.topic = topic
        record.partition = partition
        record.keySchema = key.schema
        record.key = key.value
        record.timestampMilliseconds = timestamp
        record.headers = headers
    }

    private func routeValue(_ plan: OutboxPlan, _ row: Struct) throws(DataError) -> String {
        guard let route = try plan.route.string(in: row) else {
            throw DataError("The event has no value in \(plan.route.name), by which it is routed")
        }
        return route
    }

    private func envelopeValues(
        _ plan: OutboxPlan, _ row: Struct, _ payload: ConnectValue
    ) throws(DataError) -> ContiguousArray<ConnectValue> {
        var values: ContiguousArray<ConnectValue> = [payload]
        for field in plan.additional where field.placement == .envelope {
            values.append(try field.column.value(in: row))
        }
        return values
    }

    /// Whether nothing is left of the payload's text without blanks; only texts can be empty.
    private static func isEmpty(_ payload: ConnectValue) -> Bool {
        switch payload {
        case .null: true
        case .string(let text): JavaText.trim(text).isEmpty
        case .boolean, .integer, .float32, .float64, .bytes, .array, .map, .structure, .instant: false
        }
    }

    private func expand(_ payload: inout ConnectValue, _ schema: inout Schema, _ expansion: JSONPayload) {
        switch payload {
        case .null: return
        case .string(let text):
            do throws(JSONPayload.ExpansionError) {
                (schema, payload) = try expansion.expand(text)
            } catch {
                unexpandedPayloads.log(logger, .warn, "JSON expansion failed: \(error)")
            }
        case .boolean, .integer, .float32, .float64, .bytes, .array, .map, .structure, .instant:
            unexpandedPayloads.log(
                logger, .warn, "Expand JSON payload is turned on but payload is not a string in [REDACTED]")
        }
    }

    private func handleUpdate(_ record: borrowing ConnectRecord) throws(DataError) {
        let text = "Unexpected update message received"
        switch options.invalidOperations {
        case .warn: unexpectedUpdates.log(logger, .warn, "\(text) [REDACTED] and ignored")
        case .error: unexpectedUpdates.log(logger, .error, "\(text) [REDACTED] and ignored")
        case .fatal: throw DataError("\(text) \(record.key.javaText(record.keySchema)), fail.")
        }
    }
}
