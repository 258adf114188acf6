import KafkaProtocol
import Testing

@testable import KafkaWire

@Suite struct Murmur2Tests {
    /// Kafka's own UtilsTest.
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        ("abc", 479_470_107),
    ] as [(String, Int32)])
    func hashEqualsJavas(_ key: String, _ expected: Int32) {
        let hash = Array(key.utf8).withUnsafeBytes { Murmur2.hash($0) }
        #expect(Int32(bitPattern: hash) == expected)
    }

    @Test func partitionsAreNeverNegative() {
        for number in 0..<1000 {
            let partition = Array("key \(number)".utf8).withUnsafeBytes { Murmur2.partition(ofKey: $0, count: 7) }
            #expect((0..<7).contains(partition))
        }
    }
}
