import KafkaProtocol
import Synchronization
import Testing
import WireStreams

@testable import KafkaBroker
@testable import KafkaWire

/// Brokers that serve only the versions of older releases of Kafka.
@Suite struct OlderBrokerTests {
    /// The releases in which requests that the client uses changed.
    static let releases = ["2.1", "2.4", "2.8", "3.3", "3.9", "4.0", "4.3"]

    private static func versions(_ release: String) throws -> AnnouncedVersions {
        try AnnouncedVersions(text: release)
    }

    @Test(arguments: releases) func topicsAreAdministeredWrittenAndRead(release: String) throws {
        let cluster = try Cluster(apiVersions: Self.versions(release))
        defer { cluster.end() }
        let admin = KafkaAdmin(cluster.client)
        try cluster.makeTopic("t", partitions: 2)
        #expect(try admin.describeTopic("t")?.partitions.count == 2)
        let producer = KafkaProducer(cluster.client)
        for index in 0..<10 {
            _ = try producer.sendAndWait(KafkaRecord(topic: "t", key: "k", value: "\(index)"))
        }
        producer.close(timeoutMilliseconds: 5000)
        let values = try cluster.records(of: "t").map { String(decoding: $0.value ?? [], as: UTF8.self) }
        #expect(values == (0..<10).map { "\($0)" })
        #expect(try admin.endOffsets("t").values.reduce(0, +) == 10)
        try admin.deleteTopics(["t"])[0].get()
        #expect(try admin.describeTopic("t") == nil)
    }

    /// Requests in a version that the broker announces are refused, by an error or by the end of the connection.
    @Test(arguments: [true, false]) func announcedVersionsThatAreRefusedAreLowered(answers: Bool) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let versions = Mutex<[Int16]>([])
        cluster.intercept { request in
            guard request.apiKey == .listOffsets else { return nil }
            versions.withLock { $0.append(request.version) }
            guard request.version > 5 else { return nil }
            return answers ? .refuse(.unsupportedVersion) : .disconnect
        }
        try cluster.makeTopic("t")
        let (client, cancellation) = (cluster.client, cluster.client.cancellation)
        let topic = try client.topic("t", cancellation)
        for _ in 0..<2 {
            let offsets = try client.retrying("offsets", cancellation) { () throws(KafkaError) in
                try client.offsets(of: topic, at: .latest, isolation: .readUncommitted, cancellation)
            }
            #expect(offsets == [0: 0])
        }
        let seen = versions.withLock { $0 }
        #expect(seen.first ?? 0 > 5 && seen.suffix(2) == [5, 5], "\(seen)")
    }

    /// The request is the first of each connection, which a listener that requires SASL would close, too.
    @Test func versionIsLoweredIfTheFirstRequestEndsTheConnection() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let versions = Mutex<[Int16]>([])
        cluster.intercept { request in
            guard request.apiKey == .metadata else { return nil }
            versions.withLock { $0.append(request.version) }
            return request.version > 5 ? .disconnect : nil
        }
        let (client, cancellation) = (cluster.client, cluster.client.cancellation)
        _ = try client.retrying("metadata", cancellation) { () throws(KafkaError) in
            try client.metadata(topics: [], cancellation)
        }
        let seen = versions.withLock { $0 }
        #expect(seen.first ?? 0 > 5 && seen.last == 5, "\(seen)")
    }

    @Test func versionsWithTopicIDsNeedTheIDs() throws {
        var response = ApiVersionsResponse()
        for (key, version) in [(APIKey.fetch, Int16(18)), (.produce, 13), (.offsetCommit, 9), (.metadata, 13)] {
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = key.rawValue
            entry.maxVersion = version
            response.apiKeys.append(entry)
        }
        let versions = BrokerVersions(response)
        #expect(try versions.version(of: .fetch, hasTopicIDs: false) == 12)
        #expect(try versions.version(of: .fetch, hasTopicIDs: true) > 12)
        #expect(try versions.version(of: .produce, hasTopicIDs: false) == 12)
        #expect(try versions.version(of: .offsetCommit, hasTopicIDs: false) == 9)
        #expect(try versions.version(of: .metadata, hasTopicIDs: false) == 13)
    }

    @Test func finalizedFeaturesAreKnown() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let features = try cluster.client.withAnyBroker(cluster.client.cancellation) { connection throws(KafkaError) in
            connection.versions.finalizedFeatures
        }
        #expect(features["transaction.version"] == 2)
    }
}
