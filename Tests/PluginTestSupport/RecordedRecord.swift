import ConnectData
import ConnectPlugins
import Testing
import WireCore
import WireTestSupport

/// A record in a line of a fixture, with bytes as text.
package struct RecordedRecord: Equatable {
    package struct Header: Equatable {
        let name: String
        let value: String?
    }

    package let topic: String
    package let key: String?
    package let value: String?
    package let headers: [Header]

    package init(topic: String, key: String?, value: String?, headers: [Header]) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
    }

    package init(_ object: JSONObject) {
        topic = object["topic"]?.stringValue ?? ""
        key = object["key"]?.stringValue
        value = object["value"]?.stringValue
        headers = (object["headers"]?.arrayValue ?? []).compactMap(\.arrayValue).map {
            Header(name: $0[0].stringValue ?? "", value: $0[1].stringValue)
        }
    }

    package static func lines(of fixture: String) throws -> [JSONObject] {
        try Fixtures.text(fixture).split(separator: "\n").map { line in
            try #require(try JSONValue.parse(String(line)).objectValue)
        }
    }

    package static func read(_ fixture: String) throws -> [RecordedRecord] {
        try lines(of: fixture).map(RecordedRecord.init)
    }

    /// Headers become strings, since their types are not recorded.
    package func sourceRecord() throws -> ConnectRecord {
        let converter = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        func decode(_ text: String?) throws -> SchemaAndValue {
            guard let text else { return .null }
            return try Array(text.utf8).withUnsafeBytes { try converter.decode($0, topic: topic, headers: []) }
        }
        let (key, value) = (try decode(key), try decode(value))
        return ConnectRecord(
            topic: topic, keySchema: key.schema, key: key.value, valueSchema: value.schema, value: value.value,
            headers: headers.map { header in
                .init(header.name, schema: Schema(.string), value: header.value.map(ConnectValue.string) ?? .null)
            })
    }
}

/// Encodes records as a worker does, including null fields.
package final class RecordWriter {
    private let keyConverter: JSONConverter
    private let valueConverter: JSONConverter
    private let headerConverter = SimpleHeaderConverter()

    package init(_ configuration: [String: String] = [:]) throws {
        keyConverter = try JSONConverter(configuration: configuration)
        valueConverter = try JSONConverter(configuration: configuration)
    }

    package func write(_ record: ConnectRecord) throws -> RecordedRecord {
        RecordedRecord(
            topic: record.topic,
            key: try text { try keyConverter.convert(record.key, schema: record.keySchema, topic: "", into: &$0) },
            value: try text { try valueConverter.convert(record.value, schema: record.valueSchema, topic: "", into: &$0) },
            headers: try record.headers.map { header in
                let value = try text {
                    try headerConverter.convert(
                        header.value, schema: header.schema, header: header.name, topic: "", into: &$0)
                }
                return .init(name: header.name, value: value)
            })
    }

    private func text(_ write: (inout ByteWriter) throws -> Bool) throws -> String? {
        var writer = ByteWriter()
        return try write(&writer) ? String(decoding: writer.array(), as: UTF8.self) : nil
    }
}
