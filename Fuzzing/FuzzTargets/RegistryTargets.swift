import ConnectData
import ConnectPlugins
import HTTPWire
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Answers of a schema registry in both APIs, and what is made of the schemas in them. The first byte selects the
    /// status; an answer serves all requests.
    static let registryAnswers = FuzzTarget("registry-answers") {
        try Fixtures.text("registry/answers.jsonl").split(separator: "\n").compactMap { line in
            let answer = try JSONValue.parse(String(line)).objectValue
            let status: UInt8 = answer?["status"]?.integerValue == 200 ? 0 : 1
            return answer?["body"]?.stringValue.map { [status] + Array($0.utf8) }
        }
    } decode: { input in
        guard let first = input.first else { return }
        let statuses = [200, 409, 404, 422, 503]
        let transport = RepeatedAnswer(
            RegistryResponse(status: statuses[Int(first) % statuses.count], body: Array(input.dropFirst())))
        let schema = RegisteredSchema(.avro, text: #"{"type":"record","name":"V","fields":[{"name":"a","type":"int"}]}"#)
        let subject = SchemaSubject("s")
        let confluent = try ConfluentRegistrySettings([
            "schema.registry.url": "http://a", "auto.register.schemas": "false", "use.latest.version": "true",
        ]).makeRegistry(isKey: false, transport: transport)
        if let found = try? confluent.registration(of: schema, subject: subject) {
            _ = try? confluent.referencedSchemas(of: found.schema)
            _ = SchemaDifference.explanation(of: schema, after: found.schema, level: nil)
        }
        for registers in ["true", "false"] {
            let registry = try ConfluentRegistrySettings([
                "schema.registry.url": "http://a", "auto.register.schemas": registers,
            ]).makeRegistry(isKey: false, transport: transport)
            _ = try? registry.registration(of: schema, subject: subject)
            let apicurio = try ApicurioRegistrySettings([
                "apicurio.registry.url": "http://a", "apicurio.registry.auto-register": registers,
            ]).makeRegistry(.avro, transport: transport)
            _ = try? apicurio.registration(of: schema, subject: subject)
            if let found = try? apicurio.schema(id: SchemaID(globalID: 1)) {
                _ = try? apicurio.referencedSchemas(of: found)
            }
        }
        // The body as the text of a schema.
        let text = RegisteredSchema(.avro, text: String(decoding: input.dropFirst(), as: UTF8.self))
        for level in ["BACKWARD", "FORWARD", "FULL"] {
            _ = SchemaDifference.explanation(of: text, after: schema, level: level)
            _ = SchemaDifference.explanation(of: text, after: text, level: level)
        }
        let json = RegisteredSchema(.json, text: text.text)
        _ = SchemaDifference.explanation(of: json, after: RegisteredSchema(.json, text: "{}"), level: nil)
    }

    /// The id before a value or in its headers, which all have the input as their value. The first byte selects them.
    static let schemaFraming = FuzzTarget("schema-framing") {
        let guid = [1] + (0..<16).map { UInt8($0) }
        return [[0], guid, [0, 0, 0, 0, 7, 9], [0, 0, 0, 0, 0, 0, 0, 0, 7]].map { [0] + $0 }
    } decode: { input in
        guard let first = input.first else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        let names = ApicurioHeaderNames(isKey: false)
        let headerNames = ["__value_schema_id", names.globalID, names.contentID, names.artifactID]
        let headers = first & 1 == 0 ? [] : headerNames.map { RawHeader($0, Array(bytes)) }
        let layouts: [SchemaFraming.Layout] = [
            .confluentPrefix, .confluentHeader, .apicurioPrefix(idBytes: 4, usesContentID: true),
            .apicurioPrefix(idBytes: 8, usesContentID: false),
            .apicurioHeaders(names, idBytes: 8, usesContentID: first & 2 == 0),
        ]
        for layout in layouts {
            let framing = SchemaFraming(layout, isKey: false)
            guard let frame = try? framing.read(bytes, headers: headers) else { continue }
            precondition(frame.payloadOffset <= bytes.count, "the payload begins after the end")
            guard headers.isEmpty, let prefix = try? framing.prefix(frame.id) else { continue }
            precondition(bytes.starts(with: prefix), "an id is written otherwise")
        }
    }
}

/// Answers every request alike.
private final class RepeatedAnswer: RegistryTransport {
    private let response: RegistryResponse

    init(_ response: RegistryResponse) { self.response = response }

    func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> RegistryResponse { response }
    func pause(milliseconds: Int) throws {}
    var now: MonotonicInstant { MonotonicInstant(nanoseconds: 1) }
    func random() -> UInt64 { 1 }
}
