import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import KafkaWire

/// Conversations of kcat, librdkafka, kafka-python, aiokafka and Java's tools with real brokers.
@Suite struct ConversationTests {
    static let names = Conversation.all(in: "kafka")

    @Test func conversationsAreFound() { #expect(Self.names.count >= 30) }

    @Test(arguments: names)
    func framesAreFoundForEverySplitOfTheStream(_ name: String) throws {
        let conversation = try Conversation(name)
        try verify(FrameDecoder(), on: conversation.fromServer)
        try verify(FrameDecoder(), on: conversation.fromClient)
    }

    /// Messages of other clients are decoded completely and encoded to the same bytes, which tests both directions.
    @Test(arguments: names)
    func everyMessageIsReadAndWrittenAgainByteForByte(_ name: String) throws {
        for exchange in try CapturedExchange.all(of: try Conversation(name)) where exchange.isKnown {
            let (key, version) = (exchange.header.apiKey, exchange.header.apiVersion)
            let request = try exchange.body.withUnsafeBytes {
                try AnyMessage.roundTrip(key, version: version, isRequest: true, $0)
            }
            #expect(request == exchange.body, "\(key) request v\(version)")
            guard let body = try exchange.responseBody() else { continue }
            let response = try body.withUnsafeBytes {
                try AnyMessage.roundTrip(key, version: version, isRequest: false, $0)
            }
            #expect(response == body, "\(key) response v\(version)")
        }
    }

    @Test(arguments: names)
    func everyRequestHeaderIsWrittenAgainByteForByte(_ name: String) throws {
        for exchange in try CapturedExchange.all(of: try Conversation(name)) {
            var writer = KafkaWriter(isFlexible: false)
            exchange.header.encode(into: &writer)
            #expect(writer.bytes.array() + exchange.body == exchange.request)
        }
    }

    /// The messages that the clients of these conversations use.
    @Test func conversationsCoverTheProtocol() throws {
        var seen: Set<APIKey> = []
        for name in Self.names {
            for exchange in try CapturedExchange.all(of: try Conversation(name)) { seen.insert(exchange.header.apiKey) }
        }
        let expected: Set<APIKey> = [
            .produce, .fetch, .listOffsets, .metadata, .offsetCommit, .offsetFetch, .findCoordinator, .joinGroup,
            .leaveGroup, .syncGroup, .describeGroups, .apiVersions, .createTopics, .deleteTopics, .initProducerID,
            .describeConfigs, .listGroups,
        ]
        #expect(expected.subtracting(seen) == [])
    }

    // MARK: Damage

    /// One message for each key, version and direction: the shortest.
    private static func samples() throws -> [(key: APIKey, version: Int16, isRequest: Bool, body: [UInt8])] {
        struct Kind: Hashable {
            let key: APIKey
            let version: Int16
            let isRequest: Bool
        }
        var samples: [Kind: [UInt8]] = [:]
        func offer(_ kind: Kind, _ body: [UInt8]) {
            if body.count < samples[kind]?.count ?? .max { samples[kind] = body }
        }
        for name in names {
            for exchange in try CapturedExchange.all(of: try Conversation(name)) where exchange.isKnown {
                let (key, version) = (exchange.header.apiKey, exchange.header.apiVersion)
                offer(Kind(key: key, version: version, isRequest: true), exchange.body)
                guard let body = try exchange.responseBody() else { continue }
                offer(Kind(key: key, version: version, isRequest: false), body)
            }
        }
        return samples.map { ($0.key.key, $0.key.version, $0.key.isRequest, $0.value) }
    }

    @Test func prefixOfAMessageIsRefused() throws {
        for sample in try Self.samples() where sample.body.count <= 4096 {
            for length in sample.body.indices {
                let prefix = Array(sample.body[..<length])
                #expect(throws: WireError.self, "\(sample.key) v\(sample.version), \(length) bytes") {
                    try prefix.withUnsafeBytes {
                        _ = try AnyMessage.message(
                            sample.key, version: sample.version, isRequest: sample.isRequest, $0)
                    }
                }
            }
        }
    }

    @Test func damagedMessagesNeverTrap() throws {
        for sample in try Self.samples() where sample.body.count <= 1024 {
            survivesDamage(to: sample.body) { bytes in
                _ = try AnyMessage.message(sample.key, version: sample.version, isRequest: sample.isRequest, bytes)
            }
        }
    }

    @Test func mutatedMessagesNeverTrap() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        for sample in try Self.samples() {
            survivesMutation(of: sample.body, rounds: 50, seed: seed) { bytes in
                _ = try AnyMessage.message(sample.key, version: sample.version, isRequest: sample.isRequest, bytes)
            }
        }
    }
}

extension CapturedExchange {
    /// Whether the message is supported; clients also send messages that this library does not use.
    var isKnown: Bool { header.apiKey.versions?.contains(header.apiVersion) == true }
}
