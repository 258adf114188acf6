import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireTestSupport

/// A message with random contents, written by Kafka's generated classes (`Fixtures/kafka-protocol/ORIGIN.md`).
struct MessageVector: Sendable, CustomStringConvertible {
    let name: String
    let version: Int16
    let bytes: [UInt8]
    /// The fields as Kafka's JSON converters write them.
    let fields: JSONValue
    /// The header of a request or a response, with this correlation id and client id.
    let header: [UInt8]?
    let correlationID: Int32
    let clientID: String?

    var description: String { "\(name) v\(version) \(bytes.hex)" }

    init(_ line: String) throws {
        let document = try JSONValue.parse(line)
        let object = try #require(document.objectValue)
        name = try #require(object["message"]?.stringValue)
        version = Int16(object["version"]?.integerValue ?? -1)
        bytes = try Self.bytes(object["bytes"] ?? .null)
        fields = try #require(object["fields"])
        header = try object["header"].map(Self.bytes)
        correlationID = Int32(object["correlationId"]?.integerValue ?? 0)
        clientID = object["clientId"]?.stringValue
    }

    private static func bytes(_ value: JSONValue) throws -> [UInt8] {
        let text = try #require(value.stringValue)
        return try #require(Base64.decode(text))
    }

    /// All vectors, by the name of their message.
    static let all: [String: [MessageVector]] = {
        do {
            let packed = try Fixtures.bytes("kafka-protocol/messages/4.3.1.jsonl.gz")
            var text = ByteWriter()
            try packed.withUnsafeBytes { try Gzip.expand($0, limitBytes: 1 << 23, into: &text) }
            let lines = String(decoding: text.array(), as: UTF8.self).split(separator: "\n")
            return Dictionary(grouping: try lines.map { try MessageVector(String($0)) }, by: \.name)
        } catch {
            Issue.record(error)
            return [:]
        }
    }()

    static let names = all.keys.sorted()

    /// The type of each message, by its name.
    static let types: [String: any KafkaData.Type] = {
        var types: [String: any KafkaData.Type] = [
            "ConsumerProtocolSubscription": ConsumerProtocolSubscription.self,
            "ConsumerProtocolAssignment": ConsumerProtocolAssignment.self,
            "StickyAssignorUserData": StickyAssignorUserData.self,
        ]
        for type in [any KafkaMessage.Type](KafkaMessages.requests.values) + KafkaMessages.responses.values {
            types["\(type)"] = type
        }
        return types
    }()

    func decode(_ bytes: UnsafeRawBufferPointer) throws -> any KafkaData {
        func decode<M: KafkaData>(_: M.Type) throws -> any KafkaData {
            try M.decode(ByteReader(bytes), version: version)
        }
        let type = try #require(Self.types[name])
        return try decode(type)
    }
}
