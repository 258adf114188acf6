import ConnectData
import ConnectPlugins
import DebeziumPlugins
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Patterns of SimpleDateFormat with a text, which TimestampConverter parses, formats and parses again. An instant
    /// that is written with all fields of a date is read again.
    ///
    /// Input: the pattern, a zero byte, the text
    static let datePatterns = FuzzTarget("date-patterns") {
        let lines = try Fixtures.text("java/simple-dates.txt").split(separator: "\n")
        let fields = lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        let parsed = fields.filter { $0[0] == "parse" && $0.count > 2 }
        let patterns = fields.filter { $0[0] == "format" || $0[0] == "illegal" }.map { "\($0[1])\0" + "2021-02-03" }
        // Every pattern with a few of its texts.
        let texts = Dictionary(grouping: parsed, by: { $0[1] }).values.flatMap { lines in
            stride(from: 0, to: lines.count, by: max(1, lines.count / 4)).map { "\(lines[$0][1])\0\(lines[$0][2])" }
        }
        return (patterns + texts).map { [UInt8]($0.utf8) }
    } decode: { input in
        let parts = texts(of: input, atMost: 2)
        let (pattern, text) = (parts[0], parts.count > 1 ? parts[1] : "")
        var format = try SimpleDateFormat(pattern, now: 1_772_706_030_123)
        guard let complete else { return }
        for instant in [0, -1, .min, .max, -62_135_710_567_901] + [format.parse(text)].compactMap(\.self) {
            _ = format.parse(format.format(instant))
            var again = complete
            precondition(again.parse(complete.format(instant)) == instant, "a date is not the one that was written")
        }
        for target in ["string", "Date", "Time", "Timestamp", "unix"] {
            let chain = try chain(
                "org.apache.kafka.connect.transforms.TimestampConverter$Value",
                ["target.type": target, "format": pattern.isEmpty ? "y" : pattern])
            try apply(chain, to: [
                record(.string(text), Schema(.string)), record(.string(text), nil),
                record(.integer(-1), Schema(.int64, name: LogicalType.timestamp.rawValue)),
            ])
        }
    }

    private static let complete = try? SimpleDateFormat("G yyyy-MM-dd HH:mm:ss.SSS", now: 1_772_706_030_123)

    /// Regular expressions of Java and JavaScript with a text. Replacing with the whole match changes nothing.
    ///
    /// Input: the pattern, a zero byte, the text, a zero byte, the replacement
    static let regularExpressions = FuzzTarget("regular-expressions") {
        try Fixtures.text("java/patterns.txt").split(separator: "\n").map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            return [UInt8]((fields.dropFirst().prefix(3)).joined(separator: "\0").utf8)
        }
    } decode: { input in
        let parts = texts(of: input, atMost: 3)
        let (source, text, replacement) = (parts[0], parts.count > 1 ? parts[1] : "", parts.count > 2 ? parts[2] : "$0")
        for flags in ["", "g", "gims"] {
            var budget = SearchBudget()
            _ = try? ECMAScriptPattern(source, flags: flags).matches(in: text, &budget)
        }
        for isCaseInsensitive in [false, true] {
            let pattern = try JavaPattern(source, caseInsensitive: isCaseInsensitive)
            _ = try? pattern.matchesWhole(text)
            _ = try? pattern.find(text)
            _ = try? pattern.replaceAll(in: text, with: replacement)
            _ = try? pattern.replaceFirst(in: text, with: replacement)
            if let same = try? pattern.replaceAll(in: text, with: "$0") {
                precondition(same.isExactly(text), "a text is another after its matches replace themselves")
            }
            var topics = TopicReplacement(pattern, replacement: replacement)
            _ = try? topics.target(of: text)
        }
    }

    /// A transform with its options, applied to records that have all of its fields or few.
    ///
    /// Input: the transform, the generation | the values of its options, in the order of their definition, with zero
    /// bytes between them; an empty one is left out
    static let transformOptions = FuzzTarget("transform-options") {
        let names = ["kafka/", "debezium-3.6/", "debezium-1.9/"].flatMap { folder in
            (folder == "kafka/" ? kafkaCases : debeziumCases).map { "transforms/\(folder)\($0).json" }
        }
        var seeds: Set<[UInt8]> = []
        for name in names {
            guard let text = try? Fixtures.text(name) else { continue }
            let isFormer = name.contains("1.9")
            for item in try JSONValue.parse(text).objectValue?["cases"]?.arrayValue ?? [] {
                guard let type = item.objectValue?["type"]?.stringValue,
                    let index = transforms.firstIndex(where: { $0.className == type })
                else { continue }
                let options = item.objectValue?["config"]?.objectValue
                let values = optionNames(transforms[index]).map { options?[$0]?.stringValue ?? "" }
                seeds.insert([UInt8(index), isFormer ? 1 : 0] + values.joined(separator: "\0").utf8)
            }
        }
        return Array(seeds)
    } decode: { input in
        guard input.count >= 2 else { return }
        let plugin = transforms[Int(input[0]) % transforms.count]
        let values = texts(of: UnsafeRawBufferPointer(rebasing: input[2...]), atMost: 64)
        let options = zip(optionNames(plugin), values).filter { !$0.1.isEmpty }
        let chain = try chain(
            plugin.className, Dictionary(options) { first, _ in first }, isFormer: input[1] & 1 == 1)
        try apply(chain, to: records)
    }

    private static let kafkaCases = [
        "cast", "drop-headers", "extract-field", "flatten", "header-from", "hoist-field", "insert-field", "insert-header",
        "mask-field", "regex-router", "replace-field", "set-schema-metadata", "timestamp-converter", "timestamp-router",
        "value-to-key",
    ]
    private static let debeziumCases = [
        "activate-tracing-span", "by-logical-table-router", "enforce-record-size", "extract-changed-record-state",
        "extract-schema-to-new-record", "geometry-format-transformer", "header-to-value", "outbox", "outbox-json",
        "partition-routing", "read-to-insert-event", "schema-change-event-filter", "swap-geometry-coordinates",
        "timezone-converter", "vector-to-json-converter",
    ]

    private static let registry = PluginRegistry(
        KafkaClasses.plugins + DebeziumClasses.plugins, javaClasses: KafkaClasses.javaClasses,
        DebeziumClasses.javaClasses)
    private static let transforms = registry.plugins(.transformation)

    private static func optionNames(_ plugin: PluginDescriptor) -> [String] {
        let properties = plugin.properties()
        return properties.definition.keys.map(\.name) + properties.hidden.keys.map(\.name)
    }

    // MARK: Chains and records

    private static func chain(
        _ className: String, _ options: [String: String], isFormer: Bool = false
    ) throws(ConfigError) -> TransformationChain {
        var configuration = [isFormer ? "database.server.name" : "topic.prefix": "d", "transforms": "t"]
        configuration["transforms.t.type"] = className
        for (name, value) in options { configuration["transforms.t.\(name)"] = value }
        return try TransformationChain(configuration: configuration, plugins: registry)
    }

    /// The second record of a kind meets what the first has left in caches.
    private static func apply(_ chain: TransformationChain, to records: [ConnectRecord]) throws {
        for record in records {
            for _ in 0..<2 {
                var record = record
                do { _ = try chain.apply(&record) } catch let error as DataError { _ = error.message }
            }
        }
    }

    private static func record(_ value: ConnectValue, _ schema: Schema?, topic: String = "d.shop.t") -> ConnectRecord {
        ConnectRecord(
            topic: topic, keySchema: Schema(.int64), key: .integer(7), valueSchema: schema, value: value,
            timestampMilliseconds: 1_772_706_030_123,
            headers: [.init("h", schema: Schema(.string), value: .string("x")), .init("a.b", schema: nil, value: .null)])
    }

    private static let records: [ConnectRecord] = {
        let inner = Schema(.structure, isOptional: true, fields: [.init("b", Schema(.string)), .init("c.d", Schema(.int32))])
        let row = Schema(
            .structure, isOptional: true, name: "d.shop.t.Value",
            fields: [
                .init("id", Schema(.int64)), .init("a", inner), .init("payload", Schema(.string, isOptional: true)),
                .init("type", Schema(.string)), .init("ts", Schema(.int64, name: "io.debezium.time.Timestamp")),
                .init("day", Schema(.int32, name: LogicalType.date.rawValue)),
                .init("price", Schema(.bytes, name: LogicalType.decimal.rawValue, parameters: [.init("scale", "2")])),
                .init("tags", Schema(.array, valueSchema: Schema(.string))),
                .init("map", Schema(.map, keySchema: Schema(.string), valueSchema: Schema(.float64))),
            ])
        let source = Schema(
            .structure, name: "io.debezium.connector.mysql.Source",
            fields: [.init("db", Schema(.string)), .init("table", Schema(.string, isOptional: true)), .init("ts_ms", Schema(.int64))])
        let envelope = Schema(
            .structure, name: "d.shop.t.Envelope",
            fields: [
                .init("before", row), .init("after", row), .init("source", source), .init("op", Schema(.string)),
                .init("ts_ms", Schema(.int64, isOptional: true)),
            ])
        func values(_ payload: ConnectValue) -> ConnectValue {
            .structure(
                Struct(
                    schema: row,
                    values: [
                        .integer(7), .structure(Struct(schema: inner, values: [.string("x"), .integer(1)])), payload,
                        .string("Order"), .integer(1_772_706_030_123), .integer(20_000), .bytes([0x04, 0xE2]),
                        .array([.string("a")]), .map([.init(key: .string("k"), value: .float64(1.5))]),
                    ]))
        }
        func change(_ before: ConnectValue, _ after: ConnectValue, _ operation: String) -> ConnectValue {
            let place = ConnectValue.structure(
                Struct(schema: source, values: [.string("shop"), .string("t"), .integer(1_772_706_030_000)]))
            return .structure(
                Struct(
                    schema: envelope,
                    values: [before, after, place, .string(operation), .integer(1_772_706_030_001)]))
        }
        let first = values(.string(#"{"a":[1,{"b":null}],"c":1.5}"#))
        let map = ConnectValue.map([
            .init(key: .string("a"), value: .map([.init(key: .string("b"), value: .string("2021-02-03"))])),
            .init(key: .string("id"), value: .integer(7)), .init(key: .string("n"), value: .null),
        ])
        return [
            record(change(.null, first, "c"), envelope), record(change(first, values(.null), "u"), envelope),
            record(change(first, .null, "d"), envelope), record(first, row), record(map, nil), record(.string("12"), nil),
            record(.string("12"), Schema(.string)), record(.null, nil), record(.null, row),
            record(.bytes([0x04, 0xE2]), Schema(.bytes, name: LogicalType.decimal.rawValue, parameters: [.init("scale", "2")])),
        ]
    }()

    /// The parts between zero bytes; the last one has the remaining ones.
    private static func texts(of input: UnsafeRawBufferPointer, atMost count: Int) -> [String] {
        input.split(separator: 0, maxSplits: count - 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
