import WireCore

/// RequestHeader v1 and v2: the bytes between a request's size and its body.
///
/// Layout: api key int16 | api version int16 | correlation id int32 | client id nullable string (never compact)
/// | v2, for flexible requests: tagged fields.
package struct RequestHeader: Equatable, Sendable {
    package var apiKey: APIKey
    package var apiVersion: Int16
    package var correlationID: Int32
    package var clientID: String?

    package init(apiKey: APIKey, apiVersion: Int16, correlationID: Int32, clientID: String?) {
        self.apiKey = apiKey
        self.apiVersion = apiVersion
        self.correlationID = correlationID
        self.clientID = clientID
    }

    /// Reads the header. If the key is unknown, the header is read as v1, whose fields v2 begins with, and the body
    /// cannot be read.
    @_lifetime(reader: copy reader)
    package init(from reader: inout ByteReader) throws(WireError) {
        apiKey = APIKey(rawValue: try reader.bigEndian(Int16.self))
        apiVersion = try reader.bigEndian(Int16.self)
        correlationID = try reader.bigEndian(Int32.self)
        var old = KafkaReader(try reader.slice(reader.remainingBytes), isFlexible: false)
        clientID = try old.nullableString()
        reader = try old.bytes.slice(old.bytes.remainingBytes)
        if apiKey.isFlexible(apiVersion) {
            var flexible = KafkaReader(reader, isFlexible: true)
            try flexible.skipTaggedFields()
            reader = flexible.bytes
        }
    }

    /// Writes the header in the version that the request requires.
    package func encode(into writer: inout KafkaWriter) {
        writer.int16(apiKey.rawValue)
        writer.int16(apiVersion)
        writer.int32(correlationID)
        let isFlexible = writer.isFlexible
        writer.isFlexible = false
        writer.nullableString(clientID)
        writer.isFlexible = isFlexible
        if apiKey.isFlexible(apiVersion) { writer.taggedFieldCount(0) }
    }
}

/// ResponseHeader v0 and v1: correlation id int32 | v1, for flexible responses: tagged fields.
///
/// The response to ApiVersions has v0 in every version: its reader has not negotiated a version yet (KIP-511).
package struct ResponseHeader: Equatable, Sendable {
    package var correlationID: Int32

    package init(correlationID: Int32) { self.correlationID = correlationID }

    private static func isFlexible(_ apiKey: APIKey, _ version: Int16) -> Bool {
        apiKey != .apiVersions && apiKey.isFlexible(version)
    }

    @_lifetime(reader: copy reader)
    package init(from reader: inout ByteReader, apiKey: APIKey, apiVersion: Int16) throws(WireError) {
        correlationID = try reader.bigEndian(Int32.self)
        if Self.isFlexible(apiKey, apiVersion) {
            var flexible = KafkaReader(reader, isFlexible: true)
            try flexible.skipTaggedFields()
            reader = flexible.bytes
        }
    }

    package func encode(into writer: inout KafkaWriter, apiKey: APIKey, apiVersion: Int16) {
        writer.int32(correlationID)
        if Self.isFlexible(apiKey, apiVersion) { writer.taggedFieldCount(0) }
    }
}
