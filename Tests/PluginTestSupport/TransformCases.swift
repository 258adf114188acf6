import ConnectData
import ConnectPlugins
import Testing
import WireCore
import WireTestSupport

/// Compares transforms with Java's: the cases of a fixture and what `scripts/golden-records/TransformRecords.java` made
/// of them, which describes both formats.
package struct TransformCases {
    private let cases: [JSONObject]
    private let sharedRecords: JSONObject
    private let answers: [String: [JSONObject]]
    private let connectorProperties: [String: String]

    /// - Parameter name: `transforms/NAME.json` has the cases, `transforms/NAME.jsonl` the answers. Those in the folder
    ///   `debezium-1.9` are run under that profile.
    package init(_ name: String) throws {
        let input = try #require(try JSONValue.parse(try Fixtures.text("transforms/\(name).json")).objectValue)
        cases = try #require(input["cases"]?.arrayValue).compactMap(\.objectValue)
        sharedRecords = input["records"]?.objectValue ?? JSONObject()
        answers = Dictionary(
            grouping: try RecordedRecord.lines(of: "transforms/\(name).jsonl"), by: { $0["case"]?.stringValue ?? "" })
        connectorProperties = [name.hasPrefix("debezium-1.9/") ? "database.server.name" : "topic.prefix": "d"]
        #expect(!cases.isEmpty && Set(cases.map { $0["name"]?.stringValue ?? "" }).count == cases.count)
    }

    /// Runs all cases.
    ///
    /// - Parameter expectsMessage: whether an error's message must be Java's, by the exception's class and the message.
    ///   By default those of the Java virtual machine (`NullPointerException`, `ClassCastException`) need not be.
    package func compare(
        expectsMessage: (_ exceptionClass: String, _ message: String) -> Bool = { exceptionClass, _ in
            !exceptionClass.hasPrefix("java.lang.NullPointer") && !exceptionClass.hasPrefix("java.lang.ClassCast")
        }
    ) throws {
        for item in cases {
            let name = item["name"]?.stringValue ?? ""
            let answers = try #require(answers[name], "\(name) has no answers")
            let chain: TransformationChain
            do {
                chain = try TransformationChain(configuration: configuration(of: item), plugins: TestPlugins.registry)
            } catch {
                let message = try #require(answers[0]["configure"]?.stringValue, "\(name): \(error.message)")
                if let logged = answers[0]["logged"]?.arrayValue {
                    // The message says only that there are problems.
                    #expect(logged.compactMap(\.stringValue).map(Self.problem).contains(Self.problem(error.message)), "\(name)")
                } else {
                    #expect(error.message.replacing("transforms.t.", with: "") == message, "\(name)")
                }
                continue
            }
            #expect(answers[0]["configure"] == nil, "\(name): Java refuses the configuration")
            let records = try #require(
                item["records"]?.arrayValue ?? sharedRecords[item["records"]?.stringValue ?? ""]?.arrayValue)
            try #require(answers.count == records.count, "\(name)")
            var headers: JSONValue?
            for (index, (record, answer)) in zip(records, answers).enumerated() {
                var record = try #require(record.objectValue)
                if record["headers"] == .string("previous") { record["headers"] = headers }
                headers = record["headers"]
                try compare(record, answer, chain, "\(name), record \(index)", expectsMessage)
            }
        }
    }

    /// The end of a message of `io.debezium.config.Field`.
    private static func problem(_ message: String) -> String {
        message.firstRange(of: " is invalid: ").map { String(message[$0.upperBound...]) } ?? message
    }

    private func configuration(of item: JSONObject) -> [String: String] {
        var configuration = connectorProperties
        configuration["transforms"] = "t"
        configuration["transforms.t.type"] = item["type"]?.stringValue
        for (name, value) in item["config"]?.objectValue?.members ?? [] {
            configuration["transforms.t.\(name)"] = value.stringValue
        }
        return configuration
    }

    private func compare(
        _ input: JSONObject, _ answer: JSONObject, _ chain: TransformationChain, _ place: String,
        _ expectsMessage: (String, String) -> Bool
    ) throws {
        var record = try Self.record(input)
        do {
            let isKept = try chain.apply(&record)
            if let message = answer["error"]?.stringValue {
                Issue.record("\(place): expected the error \(message), got \(try Self.describe(record))")
                return
            }
            #expect(isKept == (answer["dropped"] == nil), "\(place)")
            guard isKept, answer["dropped"] == nil else { return }
            let expected = Self.hidingUnwritable(
                JSONObject(answer.members.filter { $0.name != "case" && $0.name != "record" }))
            let described = try Self.describe(record)
            #expect(described == expected, "\(place)")
        } catch let error as DataError {
            let message = try #require(answer["error"]?.stringValue, "\(place): \(error.message)")
            guard expectsMessage(answer["class"]?.stringValue ?? "", message) else { return }
            #expect(error.message == message, "\(place)")
        }
    }

    /// The record of a case.
    package static func record(_ object: JSONObject) throws -> ConnectRecord {
        let (key, value) = (try read(object["key"]), try read(object["value"]))
        return ConnectRecord(
            topic: object["topic"]?.stringValue ?? "",
            partition: object["partition"]?.integerValue.map { Int32(clamping: $0) }, keySchema: key.schema, key: key.value,
            valueSchema: value.schema, value: value.value, timestampMilliseconds: object["timestamp"]?.integerValue,
            headers: try (object["headers"]?.arrayValue ?? []).compactMap(\.arrayValue).map {
                let value = try read($0[1])
                return .init($0[0].stringValue ?? "", schema: value.schema, value: value.value)
            },
            sourceEntryCount: (object["source"]?.arrayValue ?? []).reduce(0) {
                $0 + ($1.objectValue?.members.count ?? 0)
            })
    }

    private static func read(_ node: JSONValue?) throws -> SchemaAndValue {
        guard let node, !node.isNull else { return .null }
        let converter = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        return try node.encoded().withUnsafeBytes { try converter.decode($0, topic: "", headers: []) }
    }

    private static func describe(_ record: ConnectRecord) throws -> JSONObject {
        var object = JSONObject([("topic", .string(record.topic))])
        if let partition = record.partition { object["partition"] = .integer(Int64(partition)) }
        if let timestamp = record.timestampMilliseconds { object["timestamp"] = .integer(timestamp) }
        object["key"] = try text(record.key, record.keySchema)
        object["value"] = try text(record.value, record.valueSchema)
        object["headers"] = .array(
            try record.headers.map { .array([.string($0.name), try text($0.value, $0.schema)]) })
        return object
    }

    private static func text(_ value: ConnectValue, _ schema: Schema?) throws -> JSONValue {
        let converter = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        var writer = ByteWriter()
        do {
            guard try converter.convert(value, schema: schema, topic: "", into: &writer) else { return .null }
        } catch is DataError {
            return unwritable
        }
        return .string(String(decoding: writer.array(), as: UTF8.self))
    }

    /// A key, value or header that JsonConverter cannot write. Java's text shows it; ours is not compared.
    private static let unwritable = JSONValue.string("unwritable")

    private static func hidingUnwritable(_ answer: JSONObject) -> JSONObject {
        func hide(_ text: JSONValue) -> JSONValue {
            text.stringValue.map { $0.hasPrefix("{") } ?? true ? text : unwritable
        }
        var answer = answer
        for part in ["key", "value"] { answer[part] = answer[part].map(hide) }
        answer["headers"] = answer["headers"]?.arrayValue.map { headers in
            .array(
                headers.map { header in
                    .array((header.arrayValue ?? []).enumerated().map { $0 == 0 ? $1 : hide($1) })
                })
        }
        return answer
    }
}
