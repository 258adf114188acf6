import KafkaProtocol
import KafkaTestSupport
import KafkaWire
import Testing
import WireCore

/// Decodes by API key and version, for tests that iterate over captured messages.
enum AnyMessage {
    /// Decodes a body and encodes it again.
    static func roundTrip(
        _ key: APIKey, version: Int16, isRequest: Bool, _ body: UnsafeRawBufferPointer
    ) throws -> [UInt8] {
        try message(key, version: version, isRequest: isRequest, body).encoded(version: version)
    }

    static func message(
        _ key: APIKey, version: Int16, isRequest: Bool, _ body: UnsafeRawBufferPointer
    ) throws -> any KafkaMessage {
        let type = try #require(isRequest ? KafkaMessages.requests[key] : KafkaMessages.responses[key], "\(key)")
        return try decode(type, version, body)
    }

    private static func decode<M: KafkaMessage>(
        _: M.Type, _ version: Int16, _ body: UnsafeRawBufferPointer
    ) throws -> any KafkaMessage {
        try M.decode(ByteReader(body), version: version)
    }
}
