import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireTestSupport

/// Messages of every API in every version, against kafka-clients' generated classes.
@Suite struct MessageVectorTests {
    @Test func everyMessageHasVectorsInEveryVersion() {
        for (name, type) in MessageVector.types {
            #expect(Set((MessageVector.all[name] ?? []).map(\.version)) == Set(type.versions), "\(name)")
        }
        #expect(Set(MessageVector.names) == Set(MessageVector.types.keys))
        #expect(KafkaMessages.requests.count == APIKey.all.count)
    }

    @Test(arguments: MessageVector.names)
    func fieldsHaveTheValuesThatKafkaWrote(_ name: String) throws {
        for vector in MessageVector.all[name] ?? [] {
            let message = try vector.bytes.withUnsafeBytes { try vector.decode($0) }
            #expect(MessageFields.differences(message, from: vector.fields) == [], "\(vector)")
        }
    }

    @Test(arguments: MessageVector.names)
    func messagesAreWrittenAsKafkaWritesThem(_ name: String) throws {
        for vector in MessageVector.all[name] ?? [] {
            let message = try vector.bytes.withUnsafeBytes { try vector.decode($0) }
            #expect(message.encoded(version: vector.version) == vector.bytes, "\(vector)")
        }
    }

    @Test(arguments: MessageVector.names)
    func prefixOfAMessageIsRefused(_ name: String) throws {
        for vector in MessageVector.all[name] ?? [] where vector.bytes.count <= 512 {
            try vector.bytes.withUnsafeBytes { bytes in
                for count in bytes.indices {
                    do {
                        _ = try vector.decode(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                        Issue.record("\(count) bytes of \(vector) are a message")
                    } catch is WireError {}
                }
            }
        }
    }

    @Test(arguments: MessageVector.names)
    func damagedMessagesNeverTrap(_ name: String) throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        for vector in MessageVector.all[name] ?? [] {
            survivesMutation(of: vector.bytes, rounds: 20, seed: seed) { _ = try vector.decode($0) }
        }
    }

    // MARK: Headers

    @Test func requestHeadersAreThoseOfKafka() throws {
        for vector in MessageVector.all.values.joined() where vector.name.hasSuffix("Request") {
            let key = try #require((MessageVector.types[vector.name] as? any KafkaMessage.Type)?.apiKey)
            let bytes = try #require(vector.header)
            let header = RequestHeader(
                apiKey: key, apiVersion: vector.version, correlationID: vector.correlationID, clientID: vector.clientID)
            var writer = KafkaWriter(isFlexible: key.isFlexible(vector.version))
            header.encode(into: &writer)
            #expect(writer.bytes.array() == bytes, "\(vector)")
            try bytes.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                let decoded = try RequestHeader(from: &reader)
                #expect(decoded == header)
                let remainingBytes = reader.remainingBytes
                #expect(remainingBytes == 0)
            }
        }
    }

    @Test func responseHeadersAreThoseOfKafka() throws {
        for vector in MessageVector.all.values.joined() where vector.name.hasSuffix("Response") {
            let key = try #require((MessageVector.types[vector.name] as? any KafkaMessage.Type)?.apiKey)
            let bytes = try #require(vector.header)
            let header = ResponseHeader(correlationID: vector.correlationID)
            var writer = KafkaWriter(isFlexible: key.isFlexible(vector.version))
            header.encode(into: &writer, apiKey: key, apiVersion: vector.version)
            #expect(writer.bytes.array() == bytes, "\(vector)")
            try bytes.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                let decoded = try ResponseHeader(from: &reader, apiKey: key, apiVersion: vector.version)
                #expect(decoded == header)
                let remainingBytes = reader.remainingBytes
                #expect(remainingBytes == 0)
            }
        }
    }
}
