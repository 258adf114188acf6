import KafkaProtocol
import Testing

@testable import KafkaWire

@Suite struct BrokerVersionsTests {
    /// KIP-511: a broker that does not support the request's version answers in version 0.
    @Test func highestCommonVersionIsChosen() throws {
        var response = ApiVersionsResponse()
        let ranges: [(APIKey, ClosedRange<Int16>)] = [(.produce, 0...7), (.fetch, 0...3), (.metadata, 4...99)]
        for (key, range) in ranges {
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = key.rawValue
            entry.minVersion = range.lowerBound
            entry.maxVersion = range.upperBound
            response.apiKeys.append(entry)
        }
        let versions = BrokerVersions(response)
        #expect(try versions.version(of: .produce) == 7)
        #expect(try versions.version(of: .produce, atMost: 5) == 5)
        #expect(try versions.version(of: .metadata) == 13)
        #expect(throws: KafkaError.unsupportedVersion(.fetch, broker: 0...3)) { try versions.version(of: .fetch) }
        #expect(throws: KafkaError.unsupportedVersion(.joinGroup, broker: nil)) { try versions.version(of: .joinGroup) }
    }
}
