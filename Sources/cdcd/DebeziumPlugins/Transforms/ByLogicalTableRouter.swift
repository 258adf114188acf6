import ConnectData

/// Debezium's `io.debezium.transforms.ByLogicalTableRouter`: routes the records of several tables to one topic, names
/// their schemas after it, and adds the original topic to keys.
///
/// The behaviour is that of the generation that the connector's configuration selects. A topic's name and its schemas
/// are derived once for each.
package final class ByLogicalTableRouter: Transformation {
    package static let plugin = PluginDescriptor(
        "io.debezium.transforms.ByLogicalTableRouter", version: { DebeziumGeneration(configuration: $0).version },
        properties: { LogicalTableOptions.properties(DebeziumGeneration(configuration: $0)) },
        factory: .transformation { context throws(ConfigError) in
            let generation = DebeziumGeneration(configuration: context.connectorConfiguration)
            return try ByLogicalTableRouter(generation: generation, configuration: context.properties)
        })

    /// The new topic, and the value of the key's field.
    struct Route {
        let topic: String
        /// An error is thrown for records with a key only, as in Debezium.
        let tableIdentifier: Result<String, DataError>
        var keySchemas = SchemaPlans<Schema>()
        var envelopes = SchemaPlans<LogicalTableEnvelope>()
    }

    let options: LogicalTableOptions
    private let topicPattern: JavaPattern
    private let keyPattern: JavaPattern?
    /// By the original topic; nil: records of the topic are not routed.
    private var routes: [String: Route?] = [:]
    /// The route of the last topic, which is not in `routes`.
    private var current: (topic: String, route: Route?)?

    init(generation: DebeziumGeneration, configuration: [String: String]) throws(ConfigError) {
        options = try LogicalTableOptions(generation: generation, configuration: configuration)
        topicPattern = try Self.pattern("topic.regex", options.topicRegex)
        keyPattern = try options.keyFieldRegex.map { text throws(ConfigError) in try Self.pattern("key.field.regex", text) }
    }

    private static func pattern(_ name: String, _ text: String) throws(ConfigError) -> JavaPattern {
        do throws(JavaPattern.SyntaxError) {
            return try JavaPattern(text)
        } catch {
            throw ConfigValidator.fieldError(name, text, error.description)
        }
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        try select(record.topic)
        guard var route = current?.route else { return true }
        // The plans of the route are changed in place.
        current?.route = nil
        defer { current?.route = route }
        if record.key.isNull {
            record.keySchema = nil
        } else {
            let key = try record.key.requiringStruct(record.keySchema, for: "Updating schema")
            let schema = try route.keySchemas.plan(for: key.schema) { schema throws(DataError) in
                try keySchema(schema, route.topic)
            }
            var values = key.values
            replaceNulls(in: &values, by: key.schema)
            if options.addsKeyField { values.append(.string(try route.tableIdentifier.get())) }
            record.keySchema = schema
            record.key = .structure(Struct(schema: schema, values: values))
        }
        record.topic = route.topic
        record.sharesHeaders = false
        guard !record.value.isNull, record.valueSchema?.isEnvelope == true else { return true }
        let envelope = try record.value.requiringStruct(record.valueSchema, for: "Updating schema")
        let plan = try route.envelopes.plan(for: envelope.schema) { schema throws(DataError) in
            try LogicalTableEnvelope(schema, topic: route.topic, options)
        }
        var values = envelope.values
        for (index, value) in plan.defaults where values[index].isNull { values[index] = value }
        for index in plan.rowIndexes where !values[index].isNull {
            let row = try values[index].requiringStruct(nil, for: "Updating schema")
            var columns = row.values
            replaceNulls(in: &columns, by: row.schema)
            guard columns.count == plan.row.fields.count else {
                throw DataError("A row of \(record.topic) does not have the columns of its schema")
            }
            values[index] = .structure(Struct(schema: plan.row, values: columns))
        }
        record.valueSchema = plan.schema
        record.value = .structure(Struct(schema: plan.schema, values: values))
        return true
    }

    func replaceNulls(in values: inout ContiguousArray<ConnectValue>, by schema: Schema) {
        guard options.profile.replacesNullWithDefault else { return }
        for index in values.indices where values[index].isNull {
            values[index] = schema.fields[index].schema.defaultValue ?? .null
        }
    }

    func keySchema(_ schema: Schema, _ topic: String) throws(DataError) -> Schema {
        var fields = schema.fields
        if options.addsKeyField { fields.append(.init(options.keyFieldName, Schema(.string))) }
        return schema.copy(name: options.adjustedName(topic + ".Key"), fields: try Schema.distinct(fields))
    }

    /// Makes the route of a topic the current one.
    private func select(_ topic: String) throws {
        if current?.topic == topic { return }
        if let current {
            if routes.count >= max(options.cacheSize, 4096) { routes.removeAll() }
            routes[current.topic] = .some(current.route)
        }
        current = nil
        let known = routes.removeValue(forKey: topic)
        current = (topic, try known ?? route(of: topic))
    }

    /// The route of a topic; nil if its records are not routed.
    func route(of topic: String) throws(DataError) -> Route? {
        guard try topicPattern.matchesWhole(topic),
            let target = try topicPattern.replaceFirst(in: topic, with: options.topicReplacement)
        else { return nil }
        // Debezium logs a warning for each such record.
        if target.isEmpty { return nil }
        return Route(topic: target, tableIdentifier: Result { () throws(DataError) in try tableIdentifier(topic) })
    }

    private func tableIdentifier(_ topic: String) throws(DataError) -> String {
        guard let keyPattern, options.addsKeyField, try keyPattern.matchesWhole(topic) else { return topic }
        return try keyPattern.replaceFirst(in: topic, with: options.keyFieldReplacement) ?? topic
    }
}
