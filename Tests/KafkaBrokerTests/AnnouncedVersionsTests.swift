import KafkaProtocol
import Testing
import WireStreams
import WireTestSupport

@testable import KafkaBroker

@Suite struct AnnouncedVersionsTests {
    /// What a fresh broker of a release answers (`Fixtures/kafka-protocol/ORIGIN.md`).
    private static func announced(_ version: String) throws -> [APIKey: ClosedRange<Int16>] {
        let text = String(decoding: try Fixtures.bytes("kafka-protocol/announced/\(version).tsv"), as: UTF8.self)
        var versions: [APIKey: ClosedRange<Int16>] = [:]
        for line in text.split(separator: "\n") {
            let numbers = line.split(separator: "\t").compactMap { Int16($0) }
            try #require(numbers.count == 3, "\(line)")
            versions[APIKey(rawValue: numbers[0])] = numbers[1]...numbers[2]
        }
        return versions
    }

    @Test(arguments: [("2.8", "2.8.2"), ("4.3", "4.3.1")])
    func highestVersionsAreThoseOfTheRelease(release: String, version: String) throws {
        let announced = try Self.announced(version)
        let release = try #require(KafkaRelease(release))
        for key in APIKey.all { #expect(release.versionMax(of: key) == announced[key]?.upperBound, "\(key)") }
    }

    @Test func everyReleaseServesTheBasicRequests() {
        for release in KafkaRelease.all {
            for handler in RequestHandler.all {
                let versions = AnnouncedVersions(release).announced(handler.apiKey, of: handler.announcedVersions)
                let isBasic = [.produce, .fetch, .metadata, .joinGroup, .endTxn, .createTopics].contains(handler.apiKey)
                #expect(versions != nil || !isBasic, "\(release) \(handler.apiKey)")
            }
        }
        #expect(KafkaRelease.all.count == 22)
    }

    private func answer(_ text: String) throws -> ApiVersionsResponse {
        let directory = try TemporaryDirectory()
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        configuration.apiVersions = try AnnouncedVersions(text: text)
        let broker = try DevelopmentBroker(configuration)
        broker.start()
        defer { broker.stop() }
        return try RawClient(broker.address).call(ApiVersionsRequest.named, version: 3)
    }

    @Test func releaseIsAnnouncedWithItsFeatures() throws {
        let old = try answer("2.8")
        #expect(old.apiKeys.first { $0.apiKey == 0 }?.maxVersion == 9)
        #expect(!old.apiKeys.contains { $0.apiKey == APIKey.consumerGroupHeartbeat.rawValue })
        #expect(old.supportedFeatures.isEmpty && old.finalizedFeatures.isEmpty)
        let newer = try answer("3.9")
        #expect(newer.supportedFeatures.map(\.name) == ["metadata.version"])
        #expect(newer.supportedFeatures.map(\.maxVersion) == [21])
        #expect(try answer("4.3").supportedFeatures.count == 3)
    }

    @Test func requestsHaveVersionsOfTheirOwn() throws {
        let announced = try answer("3.9,Fetch=4-11,produce=7,DescribeCluster=none").apiKeys
        #expect(announced.first { $0.apiKey == 1 }.map { $0.minVersion...$0.maxVersion } == 4...11)
        #expect(announced.first { $0.apiKey == 0 }.map { $0.minVersion...$0.maxVersion } == 7...7)
        #expect(!announced.contains { $0.apiKey == APIKey.describeCluster.rawValue })
    }

    @Test(arguments: [
        "2.0", "4.4", "x", "", "2.8,3.0", "Produze=1", "Produce=0-2", "Produce=9-3", "Produce=x", "ApiVersions=none",
    ]) func invalidTextIsRefused(text: String) {
        #expect(throws: AnnouncedVersionsError.self) { try AnnouncedVersions(text: text) }
    }
}
