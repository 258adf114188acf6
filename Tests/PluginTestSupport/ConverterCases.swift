import ConnectData
import ConnectPlugins
import Testing
import WireCore
import WireTestSupport

/// Compares converters with Java's: the cases of a fixture and what `scripts/golden-records/ConvertRecords.java` made
/// of them, which describes both formats.
package struct ConverterCases {
    private let cases: [JSONObject]
    private let sharedRecords: JSONObject
    private let answers: [String: [JSONObject]]
    private let connectorProperties: [String: String]

    /// - Parameter name: `converters/NAME.json` has the cases, `converters/NAME.jsonl` the answers. Those in the folder
    ///   `debezium-1.9` are run under that profile.
    package init(_ name: String) throws {
        let input = try #require(try JSONValue.parse(try Fixtures.text("converters/\(name).json")).objectValue)
        cases = try #require(input["cases"]?.arrayValue).compactMap(\.objectValue)
        sharedRecords = input["records"]?.objectValue ?? JSONObject()
        answers = Dictionary(
            grouping: try RecordedRecord.lines(of: "converters/\(name).jsonl"), by: { $0["case"]?.stringValue ?? "" })
        connectorProperties = [name.hasPrefix("debezium-1.9/") ? "database.server.name" : "topic.prefix": "d"]
        #expect(!cases.isEmpty && Set(cases.map { $0["name"]?.stringValue ?? "" }).count == cases.count)
    }

    /// Runs all cases. Messages of the Java virtual machine need not be the same.
    ///
    /// - Parameter fails: whether a record must fail as it does in Java, by the case and the record's number.
    package func compare(fails: (_ name: String, _ record: Int) -> Bool = { _, _ in true }) throws {
        for item in cases {
            let name = item["name"]?.stringValue ?? ""
            var answers = try #require(answers[name], "\(name) has no answers")
            let registered = answers.last?["registered"].map { _ in answers.removeLast() }
            let registry = try registered.map { _ in try CaseRegistry() }
            defer { registry?.stop() }
            let converter: any Converter
            do {
                converter = try make(item, registry)
            } catch let error as ConfigError {
                let message = try #require(answers[0]["configure"]?.stringValue, "\(name): \(error.message)")
                if Self.isDefined(message) { #expect(error.message == message, "\(name)") }
                continue
            }
            #expect(answers[0]["configure"] == nil, "\(name): Java refuses the configuration")
            let records = try #require(
                item["records"]?.arrayValue ?? sharedRecords[item["records"]?.stringValue ?? ""]?.arrayValue)
            try #require(answers.count == records.count, "\(name)")
            for (index, (record, answer)) in zip(records, answers).enumerated() where fails(name, index) {
                try compare(
                    try TransformCases.record(try #require(record.objectValue)), answer, converter, registry,
                    isHex: item["hex"] == .bool(true), "\(name), record \(index)")
            }
            guard let expected = registered?["registered"]?.arrayValue else { continue }
            let schemas = registry?.registered.map { JSONValue.array([.string($0.artifact), .string($0.text)]) }
            #expect(schemas == expected, "\(name)")
        }
    }

    private func make(_ item: JSONObject, _ registry: CaseRegistry?) throws -> any Converter {
        var properties: [String: String] = [:]
        for (name, value) in item["config"]?.objectValue?.members ?? [] {
            let text = value.stringValue
            properties[name] = registry.map { text?.replacing(CaseRegistry.address, with: $0.address) } ?? text
        }
        return try TestPlugins.registry.makeConverter(
            item["type"]?.stringValue ?? "", property: "value.converter",
            PluginContext(
                properties: properties, connectorConfiguration: connectorProperties, plugins: TestPlugins.registry))
    }

    private func compare(
        _ record: ConnectRecord, _ answer: JSONObject, _ converter: any Converter, _ registry: CaseRegistry?,
        isHex: Bool, _ place: String
    ) throws {
        let json = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        let headers = try record.headers.map { header in
            var writer = ByteWriter()
            let hasValue = try json.convert(header.value, schema: header.schema, topic: "", into: &writer)
            return RawHeader(header.name, hasValue ? writer.array() : nil)
        }
        var writer = ByteWriter()
        do {
            let isWritten = try converter.convert(
                record.value, schema: record.valueSchema, topic: record.topic, headers: headers, into: &writer)
            let bytes = registry?.withoutAddress(writer.array()) ?? writer.array()
            let text = !isWritten ? nil : isHex ? bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() : String(decoding: bytes, as: UTF8.self)
            #expect(answer["error"] == nil, "\(place)")
            #expect(text == answer["bytes"]?.stringValue, "\(place)")
            guard isWritten, let expected = answer["decoded"]?.stringValue else { return }
            let decoded = try writer.withUnsafeBytes {
                try converter.decode($0, topic: record.topic, headers: headers)
            }
            func shown(_ text: String) -> String {
                registry.map { text.replacing($0.address, with: CaseRegistry.address) } ?? text
            }
            guard case .map(var entries) = decoded.value else {
                #expect(shown(decoded.value.javaText(decoded.schema)) == expected, "\(place)")
                return
            }
            // The order of a map inside the map is not defined.
            guard !expected.dropFirst().contains("={") else { return }
            if expected.hasPrefix("{data=null, datacontenttype=application/avro,") {
                // Debezium loses the data.
                let index = try #require(entries.firstIndex { $0.key == .string("data") }, "\(place)")
                #expect(!entries[index].value.isNull, "\(place)")
                entries[index] = .init(key: entries[index].key, value: .null)
            }
            let sorted = entries.sorted { $0.key.javaText(nil) < $1.key.javaText(nil) }
            #expect(shown(ConnectValue.map(sorted).javaText(nil)) == expected, "\(place)")
        } catch let error as DataError {
            let message = try #require(answer["error"]?.stringValue, "\(place): \(error.message)")
            if Self.isDefined(message) { #expect(error.message == message, "\(place)") }
        }
    }

    /// Whether a message is one of Connect or Debezium, and not of the Java virtual machine.
    private static func isDefined(_ message: String) -> Bool {
        !["Cannot invoke", "Index", "class ", "No enum constant"].contains { message.hasPrefix($0) }
    }
}
