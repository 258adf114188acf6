import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

/// Subscriptions written by kafka-clients 4.3.1 (`ConsumerProtocol.serializeSubscription`): topics a and b, user data
/// 0102, owned partitions a-0 and a-1, generation 7, rack r1.
@Suite struct KafkaDataVersionTests {
    private static let subscriptions = [
        "000000000002000161000162000000020102",
        "00010000000200016100016200000002010200000001000161000000020000000000000001",
        "0002000000020001610001620000000201020000000100016100000002000000000000000100000007",
        "000300000002000161000162000000020102000000010001610000000200000000000000010000000700027231",
    ]

    private static func decode(_ bytes: [UInt8]) throws -> ConsumerProtocolSubscription {
        try bytes.withUnsafeBytes { try ConsumerProtocolSubscription.decodeVersioned(ByteReader($0)) }
    }

    @Test(arguments: 0..<4)
    func versionsAreReadAndWrittenAsKafkaWritesThem(version: Int) throws {
        let bytes = try #require([UInt8](hex: Self.subscriptions[version]))
        let subscription = try Self.decode(bytes)
        #expect(subscription.topics == ["a", "b"])
        #expect(subscription.userData == [1, 2])
        #expect(subscription.ownedPartitions.map(\.topic) == (version >= 1 ? ["a"] : []))
        #expect(subscription.ownedPartitions.flatMap(\.partitions) == (version >= 1 ? [0, 1] : []))
        #expect(subscription.generationID == (version >= 2 ? 7 : -1))
        #expect(subscription.rackID == (version >= 3 ? "r1" : nil))
        #expect(subscription.encodedVersioned(Int16(version)) == bytes)
    }

    @Test func laterVersionsAreReadAsTheLastKnownOne() throws {
        var bytes = try #require([UInt8](hex: Self.subscriptions[3]))
        bytes[1] = 9
        #expect(try Self.decode(bytes + [1, 2, 3]).rackID == "r1")
    }

    @Test func negativeVersionsAndTruncatedDataAreErrors() throws {
        let bytes = try #require([UInt8](hex: Self.subscriptions[3]))
        #expect(throws: WireError.self) { try Self.decode([0xFF, 0xFF] + bytes.dropFirst(2)) }
        for count in 0..<bytes.count {
            #expect(throws: WireError.self) { try Self.decode(Array(bytes.prefix(count))) }
        }
    }
}
