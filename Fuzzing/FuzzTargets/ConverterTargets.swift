import ConnectData
import ConnectPlugins
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Documents of JsonConverter with schemas. A decoded document can be encoded, and decodes to the same value.
    static let jsonConverterDecode = FuzzTarget("json-converter-decode") {
        try Fixtures.text("connect/decoded-json.jsonl").split(separator: "\n").compactMap { line in
            let text = try JSONValue.parse(String(line)).objectValue?["text"]?.stringValue
            return text.map { [UInt8]($0.utf8) }
        }
    } decode: { input in
        let converter = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        let decoded = try converter.decode(input, topic: "t", headers: [])
        _ = LiteralParser.parse(String(decoding: input, as: UTF8.self))
        var writer = ByteWriter()
        guard try converter.convert(decoded.value, schema: decoded.schema, topic: "t", into: &writer) else { return }
        let again = try writer.withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        // NaN, which does not equal itself, cannot be decoded.
        precondition(again == decoded, "a document is not what it says")
    }
}
