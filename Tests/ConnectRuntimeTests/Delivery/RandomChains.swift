import WireTestSupport

/// Random transforms with predicates, and random converters, as properties of a connector.
struct RandomChains {
    private static let kafka = "org.apache.kafka.connect.transforms."
    private static let debezium = "io.debezium.transforms."

    private static let fields = RandomShapes.columnNames + [
        "before", "after", "source", "op", "ts_ms", "transaction", "f", "__op", "text",
    ]
    private static let paths = ["after.id", "source.table", "before.name", "after.note", "source.gtid", "after.geo"]

    private typealias Properties = [String: String]

    /// The transforms that change some records by structure only, and those that leave some as they are.
    private static let transforms: [(type: String, properties: @Sendable (inout RandomShapes) -> Properties)] = [
        (kafka + "ReplaceField$Value", { own in
            [
                own.one(["exclude", "include"]): own.one(fields), "renames": "\(own.one(fields)):\(own.one(fields))2",
                "replace.null.with.default": own.one(["true", "false"]),
            ]
        }),
        (kafka + "ReplaceField$Key", { own in ["renames": "id:key", "exclude": own.one(["", "f"])] }),
        (kafka + "InsertField$Value", { own in
            [
                "topic.field": own.one(["topic", "f", "id"]), "timestamp.field": "time",
                "partition.field": own.one(["p!", "p?"]),
            ]
        }),
        (kafka + "InsertField$Key", { _ in ["static.field": "f", "static.value": "v"] }),
        (kafka + "HoistField$Value", { own in ["field": own.one(["f", "after"])] }),
        (kafka + "HoistField$Key", { _ in ["field": "f"] }),
        (kafka + "SetSchemaMetadata$Value", { own in
            ["schema.name": own.one(["N", "N.Envelope"]), "replace.null.with.default": own.one(["true", "false"])]
        }),
        (kafka + "DropHeaders", { own in ["headers": own.one(["h", "number", "h,i"])] }),
        (kafka + "InsertHeader", { own in ["header": own.one(["h", "i"]), "value.literal": own.one(["1", "null"])] }),
        (kafka + "ExtractField$Value", { own in
            [
                "field": own.one(fields), "field.syntax.version": "V2",
                "replace.null.with.default": own.one(["true", "false"]),
            ]
        }),
        (kafka + "ExtractField$Value", { own in ["field": own.one(paths), "field.syntax.version": "V2"] }),
        (kafka + "ExtractField$Value", { _ in ["field": "after"] }),
        (kafka + "ExtractField$Key", { own in ["field": own.one(["id", "f", "key"])] }),
        (kafka + "ValueToKey", { own in
            ["fields": own.one(fields), "replace.null.with.default": own.one(["true", "false"])]
        }),
        (kafka + "Flatten$Value", { own in ["delimiter": own.one([".", "_"])] }),
        (kafka + "Flatten$Key", { _ in [:] }),
        (kafka + "HeaderFrom$Value", { own in
            [
                "fields": own.one(fields), "headers": own.one(["h", "i"]), "operation": own.one(["move", "copy"]),
                "replace.null.with.default": own.one(["true", "false"]),
            ]
        }),
        (kafka + "HeaderFrom$Key", { own in
            ["fields": "id", "headers": "k", "operation": own.one(["move", "copy"])]
        }),
        (kafka + "MaskField$Value", { own in ["fields": "\(own.one(fields)),id"] }),
        (kafka + "Cast$Value", { own in ["spec": "id:string"] }),
        (kafka + "Filter", { _ in [:] }),
        (kafka + "RegexRouter", { own in ["regex": "p\\.(.*)", "replacement": own.one(["$1", "q.$1"])] }),
        (debezium + "ExtractNewRecordState", { own in unwrap(&own) }),
        (debezium + "ExtractNewRecordState", { own in unwrap(&own) }),
        (debezium + "ByLogicalTableRouter", { own in
            [
                "topic.regex": "(.*)\\.(t|other)", "topic.replacement": "$1.all",
                "key.enforce.uniqueness": own.one(["true", "false"]),
            ]
        }),
        (debezium + "outbox.EventRouter", { _ in [:] }),
        (debezium + "HeaderToValue", { own in
            [
                "headers": "h", "fields": own.one(["f", "after.f", "id", "source.db", "before.f"]),
                "operation": own.one(["move", "copy"]),
            ]
        }),
        ("io.debezium.connector.mysql.transforms.ReadToInsertEvent", { _ in [:] }),
        (debezium + "ExtractChangedRecordState", { own in
            ["header.changed.name": "changed", own.one(["header.unchanged.name", "x"]): "unchanged"]
        }),
        (debezium + "TimezoneConverter", { own in
            ["converted.timezone": "Asia/Seoul", "include.list": own.one(["source:u", "topic:p.db.t:name"])]
        }),
        (debezium + "GeometryFormatTransformer", { _ in [:] }),
        (debezium + "SwapGeometryCoordinates", { _ in [:] }),
        (debezium + "VectorToJsonConverter", { _ in [:] }),
        (debezium + "EnforceRecordSize", { _ in ["max.bytes": "100"] }),
        (debezium + "partitions.PartitionRouting", { _ in
            ["partition.payload.fields": "change.id", "partition.topic.num": "3"]
        }),
        (debezium + "SchemaChangeEventFilter", { _ in ["schema.change.event.exclude.list": "DROP"] }),
        (debezium + "Filter", { own in
            ["language": "jsr223.groovy", "condition": "value.op == 'c'", "topic.regex": own.one(["p.*", "x"])]
        }),
    ]

    private static func unwrap(_ own: inout RandomShapes) -> Properties {
        var properties = own.chance(3)
            ? [
                "delete.handling.mode": own.one(["drop", "none", "rewrite"]),
                "drop.tombstones": own.one(["true", "false"]),
            ]
            : [
                "delete.tombstone.handling.mode": own.one(
                    ["drop", "tombstone", "rewrite", "rewrite-with-tombstone", "delete-to-tombstone"]),
                "replace.null.with.default": own.one(["true", "false"]),
            ]
        if own.chance(2) { properties["add.fields"] = own.one(["op", "op,table,ts_ms", "source.gtid,transaction.id"]) }
        if own.chance(3) { properties["add.headers"] = own.one(["op", "db,source.gtid"]) }
        return properties
    }

    private static let predicates: [(type: String, properties: @Sendable (inout RandomShapes) -> Properties)] = [
        ("RecordIsTombstone", { _ in [:] }),
        ("HasHeaderKey", { own in ["name": own.one(["h", "i", "number", "__op", "k"])] }),
        ("TopicNameMatches", { own in ["pattern": own.one(["p\\..*", "t", ".*all", "q.*|db.*"])] }),
    ]

    private static let converters: [Properties] = [
        ["": "org.apache.kafka.connect.json.JsonConverter", "schemas.enable": "true"],
        ["": "org.apache.kafka.connect.json.JsonConverter", "schemas.enable": "false"],
        [
            "": "org.apache.kafka.connect.json.JsonConverter", "schemas.enable": "false",
            "replace.null.with.default": "false",
        ],
        ["": "org.apache.kafka.connect.storage.StringConverter"],
        ["": "io.confluent.connect.avro.AvroConverter", "scrub.invalid.names": "true"],
        // The ids are in headers.
        ["": "io.apicurio.registry.utils.converter.AvroConverter"],
    ]

    /// The types of all transforms.
    static let types = Set(transforms.map(\.type))

    /// The properties of a chain of one to four transforms, and the types of those transforms.
    static func connector(_ own: inout RandomShapes) -> (properties: [String: String], types: [String]) {
        var properties = own.chance(3) ? ["database.server.name": "p"] : ["topic.prefix": "p"]
        var types: [String] = []
        var aliases: [String] = []
        func set(_ prefix: String, _ type: String, _ own: Properties) {
            properties["\(prefix).type"] = type
            for (name, value) in own { properties["\(prefix).\(name)"] = value }
        }
        for (index, predicate) in predicates.enumerated() {
            let name = "predicates.is\(index)"
            set(name, kafka + "predicates." + predicate.type, predicate.properties(&own))
        }
        properties["predicates"] = "is0,is1,is2"
        for index in 0..<Int.random(in: 1...4, using: &own.random) {
            let transform = own.one(transforms)
            types.append(transform.type)
            aliases.append("t\(index)")
            var chosen = transform.properties(&own)
            if own.chance(3) || transform.type.hasSuffix("transforms.Filter") {
                chosen["predicate"] = "is\(Int.random(in: 0..<3, using: &own.random))"
                chosen["negate"] = own.one(["true", "false"])
            }
            set("transforms.t\(index)", transform.type, chosen)
        }
        properties["transforms"] = aliases.joined(separator: ",")
        for converter in ["key.converter", "value.converter"] {
            for (name, value) in own.one(converters) {
                properties[name.isEmpty ? converter : "\(converter).\(name)"] = value
            }
        }
        return (properties, types)
    }
}
