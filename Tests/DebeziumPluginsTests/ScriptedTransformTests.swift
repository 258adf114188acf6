import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct ScriptedTransformTests {
    private static let row = Schema(
        .structure, isOptional: true, name: "d.shop.orders.Value",
        fields: [.init("id", Schema(.int64)), .init("quantity", Schema(.int32))])
    private static let envelope = Schema(
        .structure, name: "d.shop.orders.Envelope",
        fields: [.init("before", row), .init("after", row), .init("op", Schema(.string))])

    private func change(_ op: String, before: Int64?, after: Int64?, topic: String = "d.shop.orders") -> ConnectRecord {
        func row(_ quantity: Int64?) -> ConnectValue {
            quantity.map { .structure(Struct(schema: Self.row, values: [.integer(1), .integer($0)])) } ?? .null
        }
        return ConnectRecord(
            topic: topic, keySchema: nil, key: .null, valueSchema: Self.envelope,
            value: .structure(Struct(schema: Self.envelope, values: [row(before), row(after), .string(op)])),
            headers: [.init("idh", schema: Schema(.int32), value: .integer(1))])
    }

    private func chain(
        _ name: String, _ properties: [String: String], generation: DebeziumGeneration = .v36
    ) throws(ConfigError) -> TransformationChain {
        var configuration = properties.reduce(into: [String: String]()) { $0["transforms.t.\($1.key)"] = $1.value }
        configuration["transforms"] = "t"
        configuration["transforms.t.type"] = "io.debezium.transforms.\(name)"
        configuration[generation == .v19 ? "database.server.name" : "topic.prefix"] = "d"
        return try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
    }

    private func filter(
        _ condition: String, _ properties: [String: String] = [:], language: String = "jsr223.groovy"
    ) throws -> TransformationChain {
        try chain("Filter", ["condition": condition, "language": language].merging(properties) { $1 })
    }

    private func isKept(_ record: ConnectRecord, by chain: TransformationChain) throws -> Bool {
        var changed = record
        let isKept = try chain.apply(&changed)
        #expect(changed == record)
        return isKept
    }

    private static let tombstone = ConnectRecord(
        topic: "d.shop.orders", keySchema: nil, key: .null, valueSchema: nil, value: .null)

    // MARK: Filter

    @Test(arguments: DebeziumGeneration.allCases, ["jsr223.groovy", "jsr223.graal.js"])
    func filterKeepsRecordsForWhichTheConditionIsTrue(generation: DebeziumGeneration, language: String) throws {
        let condition = "value.op == 'u' && value.before.quantity != value.after.quantity"
        let chain = try chain("Filter", ["condition": condition, "language": language], generation: generation)
        #expect(try isKept(change("u", before: 1, after: 2), by: chain))
        #expect(try !isKept(change("u", before: 1, after: 1), by: chain))
        #expect(try !isKept(change("c", before: nil, after: 1), by: chain))
        #expect(try isKept(Self.tombstone, by: chain))
    }

    @Test(arguments: [("keep", true), ("drop", false), ("KEEP", true), ("Drop", false)])
    func nullValuesAreHandledByMode(mode: String, isKept: Bool) throws {
        let chain = try filter("value.op == 'u'", ["null.handling.mode": mode])
        #expect(try self.isKept(Self.tombstone, by: chain) == isKept)
        // A delete event of a rewritten value has a schema; only the value counts.
        var withSchema = Self.tombstone
        withSchema.valueSchema = Self.row
        #expect(try self.isKept(withSchema, by: chain) == isKept)
    }

    @Test func nullValuesCanBeEvaluated() throws {
        for language in ["jsr223.groovy", "jsr223.graal.js"] {
            let chain = try filter("value == null", ["null.handling.mode": "evaluate"], language: language)
            #expect(try isKept(Self.tombstone, by: chain))
            #expect(try !isKept(change("u", before: 1, after: 2), by: chain))
        }
        let failing = try filter("value.op == 'u'", ["null.handling.mode": "evaluate"])
        expectError(
            "Error while evaluating expression 'value.op == 'u'' for a record of topic 'd.shop.orders': "
                + "Cannot get property 'op' on null object (line 1, column 6)", failing, Self.tombstone)
    }

    private func expectError(_ message: String, _ chain: TransformationChain, _ record: ConnectRecord) {
        let error = #expect(throws: DataError.self) {
            var record = record
            _ = try chain.apply(&record)
        }
        #expect(error?.message == message)
    }

    @Test func topicRegexSelectsWholeNames() throws {
        let chain = try filter("false", ["topic.regex": "d\\.shop\\..*"])
        #expect(try !isKept(change("u", before: 1, after: 2), by: chain))
        #expect(try isKept(change("u", before: 1, after: 2, topic: "x.d.shop.orders"), by: chain))
    }

    @Test func headersAndTopicAreVariables() throws {
        for language in ["jsr223.groovy", "jsr223.graal.js"] {
            for condition in ["headers.idh.value == 1", "header['idh'].value == 1", "topic.endsWith('orders')"] {
                #expect(try isKept(change("c", before: nil, after: 1), by: try filter(condition, language: language)))
            }
            #expect(try !isKept(change("c", before: nil, after: 1), by: try filter("headers.idh.value == 2", language: language)))
        }
    }

    @Test func resultOfFilterMustBeABoolean() throws {
        for (condition, text) in [("value.op", "u"), ("1", "1"), ("null", "null"), ("\"${value.op}\"", "u")] {
            expectError(
                "Error while evaluating expression '\(condition)' for a record of topic 'd.shop.orders': "
                    + "Value '\(text)' returned by the expression is not a Boolean",
                try filter(condition), change("u", before: 1, after: 2))
        }
    }

    @Test func fieldsOfChangedSchemasAreFound() throws {
        let chain = try filter("value.quantity == 5")
        func record(_ names: [String]) -> ConnectRecord {
            let schema = Schema(.structure, fields: names.map { .init($0, Schema(.int32)) })
            let values = names.map { ConnectValue.integer($0 == "quantity" ? 5 : 1) }
            return ConnectRecord(
                topic: "t", keySchema: nil, key: .null, valueSchema: schema,
                value: .structure(Struct(schema: schema, values: ContiguousArray(values))))
        }
        for names in [["quantity", "a"], ["a", "quantity"], ["a", "b", "quantity"]] {
            #expect(try isKept(record(names), by: chain))
        }
        expectError(
            "Error while evaluating expression 'value.quantity == 5' for a record of topic 't': "
                + "quantity is not a valid field name (line 1, column 6)", chain, record(["a"]))
    }

    @Test func valuesNeedNotBeStructs() throws {
        let text = ConnectRecord(topic: "t", keySchema: nil, key: .null, valueSchema: Schema(.string), value: .string("abc"))
        #expect(try isKept(text, by: try filter("value.startsWith('a')")))
        #expect(try isKept(text, by: try filter("value.startsWith('a')", language: "jsr223.graal.js")))
        let map = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: nil,
            value: .map([.init(key: .string("a"), value: .integer(1))]))
        #expect(try isKept(map, by: try filter("value.a == 1")))
        #expect(try isKept(map, by: try filter("value.a === 1", language: "jsr223.graal.js")))
    }

    @Test func recordsOfOtherTopicsStayOnTheRowPath() throws {
        let chain = try filter("value.op == 'u'", ["topic.regex": "a"])
        var (matching, other) = (shape("a"), shape("b"))
        #expect(try chain.apply(to: &matching) == .dependsOnValues)
        #expect(try chain.apply(to: &other) == .applied)
    }

    private func shape(_ topic: String) -> RecordShape {
        RecordShape(topic: topic, keySchema: nil, key: .null, valueSchema: nil, value: .null, headers: [])
    }

    // MARK: ContentBasedRouter

    @Test(arguments: DebeziumGeneration.allCases) func routerReplacesTheTopic(generation: DebeziumGeneration) throws {
        let expression = "value == null ? 'nulls' : (value.after.quantity == 1 ? 'ones' : null)"
        for language in ["jsr223.groovy", "jsr223.graal.js"] {
            let chain = try chain(
                "ContentBasedRouter",
                ["topic.expression": expression, "language": language, "null.handling.mode": "evaluate"],
                generation: generation)
            for (record, topic) in [
                (change("c", before: nil, after: 1), "ones"), (change("c", before: nil, after: 2), "d.shop.orders"),
                (Self.tombstone, "nulls"),
            ] {
                var routed = record
                #expect(try chain.apply(&routed))
                var expected = record
                expected.topic = topic
                expected.sharesHeaders = topic == record.topic
                #expect(routed == expected)
            }
        }
    }

    @Test func resultOfRouterMustBeAString() throws {
        for (expression, text) in [("1", "1"), ("true", "true"), ("\"${topic}.x\"", "d.shop.orders.x")] {
            let chain = try chain("ContentBasedRouter", ["topic.expression": expression, "language": "jsr223.groovy"])
            expectError(
                "Error while evaluating expression '\(expression)' for a record of topic 'd.shop.orders': "
                    + "Value '\(text)' returned by the expression is not a String", chain, change("c", before: nil, after: 1))
        }
        let template = try chain("ContentBasedRouter", ["topic.expression": "`${topic}.x`", "language": "jsr223.graal.js"])
        var record = change("c", before: nil, after: 1)
        #expect(try template.apply(&record))
        #expect(record.topic == "d.shop.orders.x")
    }

    // MARK: Configuration

    @Test(arguments: [
        (["language": "jsr223.groovy"], "Invalid value null for configuration condition: A value is required"),
        (["condition": "true"], "Invalid value null for configuration language: A value is required"),
        (["condition": "true", "language": "groovy"],
            "Value for option 'language' must begin with 'jsr223.' or 'wasm', e.g. 'jsr223.groovy'"),
        (["condition": "true", "language": "wasm.chicory"],
            "Language 'wasm.chicory' is not supported: WebAssembly modules cannot be run; "
                + "use 'jsr223.groovy' or 'jsr223.graal.js'"),
        (["condition": "true", "language": "jsr223.jexl"],
            "Implementation of language 'jexl' not found on the classpath; use 'jsr223.groovy' or 'jsr223.graal.js'"),
        (["condition": "true", "language": "jsr223.groovy", "topic.regex": "("],
            "Invalid value ( for configuration topic.regex: Invalid regex: Unclosed group near index 1\n("),
        (["condition": "true", "language": "jsr223.groovy", "null.handling.mode": "x"],
            "Invalid value x for configuration null.handling.mode: Value must be one of drop, keep, evaluate"),
        (["condition": "value.op ==", "language": "jsr223.groovy"],
            "Failed to parse expression 'value.op ==': Unexpected the end of the expression (line 1, column 12)"),
    ])
    func configurationIsValidated(properties: [String: String], message: String) throws {
        let error = #expect(throws: ConfigError.self) { _ = try chain("Filter", properties) }
        #expect(error?.message == message)
    }

    @Test func languagesOfLaterGenerationsAreUnknownTo19() throws {
        let error = #expect(throws: ConfigError.self) {
            _ = try chain("Filter", ["condition": "true", "language": "wasm.chicory"], generation: .v19)
        }
        #expect(error?.message == "Value for option 'language' must begin with 'jsr223.', e.g. 'jsr223.groovy'")
    }

    @Test func expressionsAreValidatedInTheLanguageOfTheirTransform() {
        let configuration = [
            "transforms": "a,b,c,d",
            "transforms.a.type": Filter.className, "transforms.a.language": "jsr223.graal.js",
            "transforms.a.condition": "value.op === 'u'",
            "transforms.b.type": Filter.className, "transforms.b.language": "jsr223.groovy",
            "transforms.b.condition": "value.op === 'u'",
            "transforms.c.type": ContentBasedRouter.className, "transforms.c.language": "jsr223.graal.js",
            "transforms.c.topic.expression": "value.op ==\n ~== 'u'",
            "transforms.d.type": Filter.className, "transforms.d.language": "jsr223.jexl", "transforms.d.condition": "(",
        ]
        let registry = PluginRegistry([Filter.plugin, ContentBasedRouter.plugin])
        let validation = ConnectorValidation(configuration, connectorVersion: "1", plugins: registry)
        let shown = validation.framework.filter { $0.name.hasPrefix("transforms.") && !$0.errors.isEmpty }
        #expect(shown.map(\.name) == ["transforms.b.condition", "transforms.c.topic.expression", "transforms.d.language"])
        #expect(shown.first?.errors == [
            "Failed to parse expression 'value.op === 'u'': '===' is not supported in Groovy; use '==' (line 1, column 10)",
        ])
        #expect(shown.dropFirst().first?.errors.first?.contains("(line 2, column 3)") == true)
    }

    @Test func optionsAreThoseOfDebezium() {
        for plugin in [Filter.plugin, ContentBasedRouter.plugin] {
            let keys = plugin.properties().definition.keys
            #expect(keys.map(\.name)[0...1] == ["topic.regex", "language"])
            #expect(keys.map(\.orderInGroup) == [1, 1, 1, 1])
            #expect(keys.map(\.width) == [.long, .medium, .medium, .short])
            #expect(keys.map(\.importance) == [.low, .high, .high, .low])
        }
        #expect(Filter.plugin.properties().definition.keys.map(\.displayName) == [
            "Topic regex", "Expression language", "Filtering condition", "Handle null records",
        ])
    }
}
