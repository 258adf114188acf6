import Foundation
import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

@Suite struct DevelopmentBrokerTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(
        _ change: (inout DevelopmentBrokerConfiguration) -> Void = { _ in }, _ body: (DevelopmentBroker) throws -> Void
    ) throws {
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        change(&configuration)
        let broker = try DevelopmentBroker(configuration)
        broker.start()
        defer { broker.stop() }
        try body(broker)
    }

    private func expectAlive(_ broker: DevelopmentBroker) throws {
        let answer = try RawClient(broker.address).call(ApiVersionsRequest(), version: 0)
        #expect(answer.errorCode == .none)
    }

    private func produce(_ client: RawClient, _ batch: [UInt8], topic: String) throws -> ProduceResponse {
        try client.call(Self.produceRequest(batch, topic: topic, acks: -1), version: 9)
    }

    private static func produceRequest(_ batch: [UInt8], topic: String, acks: Int16) -> ProduceRequest {
        var partition = ProduceRequest.PartitionProduceData()
        partition.records = batch
        var entry = ProduceRequest.TopicProduceData()
        entry.name = topic
        entry.partitionData = [partition]
        var request = ProduceRequest()
        request.acks = acks
        request.topicData = [entry]
        return request
    }

    private func metadata(_ client: RawClient, _ topic: String, mayCreate: Bool = true) throws -> MetadataResponse {
        var entry = MetadataRequest.Topic()
        entry.name = topic
        var request = MetadataRequest()
        request.topics = [entry]
        request.allowAutoTopicCreation = mayCreate
        return try client.call(request, version: 12)
    }

    /// Otherwise a request of 15 KB would have a response of 26 MB.
    @Test func repeatedTopicsAreAnsweredOnce() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            _ = try metadata(client, "t")
            var topic = MetadataRequest.Topic()
            topic.name = "t"
            var other = MetadataRequest.Topic()
            other.name = "none"
            var request = MetadataRequest()
            request.topics = Array(repeating: topic, count: 100) + [other] + [topic, other]
            request.allowAutoTopicCreation = false
            #expect(try client.call(request, version: 12).topics.map(\.name) == ["t", "none"])

            var resource = DescribeConfigsRequest.DescribeConfigsResource()
            resource.resourceType = 2
            resource.resourceName = "t"
            resource.configurationKeys = nil
            var one = resource
            one.configurationKeys = ["cleanup.policy"]
            var configs = DescribeConfigsRequest()
            configs.resources = [resource, resource, one, resource, one]
            let results = try client.call(configs, version: 4).results
            #expect(results.map(\.configs.count) == [TopicSetting.all.count, 1])

            var page = DescribeTopicPartitionsRequest()
            page.topics = ["t", "t", "none", "t"].map { name in
                var topic = DescribeTopicPartitionsRequest.TopicRequest()
                topic.name = name
                return topic
            }
            page.responsePartitionLimit = 100
            #expect(try client.call(page, version: 0).topics.map(\.name) == ["none", "t"])
        }
    }

    /// The offset of one partition may have 4 KB of metadata, and a group any number of members.
    @Test func repeatedGroupsAndOffsetsAreAnsweredOnce() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            var groups = DescribeGroupsRequest()
            groups.groups = ["g", "h", "g", "g"]
            #expect(try client.call(groups, version: 5).groups.map(\.groupID) == ["g", "h"])

            var group = OffsetFetchRequest.Group()
            group.groupID = "g"
            group.topics = [[Int32(0), 0, 1], [1, 2, 0]].map { indexes in
                var topic = OffsetFetchRequest.Topics()
                topic.name = "t"
                topic.partitionIndexes = indexes
                return topic
            }
            var several = OffsetFetchRequest()
            several.groups = [group, group]
            let answered = try client.call(several, version: 8).groups
            #expect(answered.map { $0.topics.map { $0.partitions.map(\.partitionIndex) } } == [[[0, 1], [2]]])

            var one = OffsetFetchRequest()
            one.groupID = "g"
            one.topics = [[Int32(0), 0, 1], [1, 2, 0]].map { indexes in
                var topic = OffsetFetchRequest.Topic()
                topic.name = "t"
                topic.partitionIndexes = indexes
                return topic
            }
            let topics = try client.call(one, version: 7).topics
            #expect(topics.map { $0.partitions.map(\.partitionIndex) } == [[0, 1], [2]])
        }
    }

    private func fetch(
        _ client: RawClient, _ topic: String, from offset: Int64, maxWait: Int32 = 0
    ) throws -> FetchResponse {
        var partition = FetchRequest.FetchPartition()
        partition.fetchOffset = offset
        partition.partitionMaxBytes = 1 << 20
        var entry = FetchRequest.FetchTopic()
        entry.topic = topic
        entry.partitions = [partition]
        var request = FetchRequest()
        request.minBytes = 1
        request.maxWaitMilliseconds = maxWait
        request.maxBytes = 1 << 20
        request.topics = [entry]
        return try client.call(request, version: 12)
    }

    @Test func acknowledgedRecordsSurviveARestart() throws {
        var before: MetadataResponse?
        try run { broker in
            let client = try RawClient(broker.address)
            before = try metadata(client, "t")
            #expect(try produce(client, TestBatches.fromKcat, topic: "t").responses.first?.partitionResponses.first?.baseOffset == 0)
            #expect(try produce(client, TestBatches.fromKcat, topic: "t").responses.first?.partitionResponses.first?.baseOffset == 3)
        }
        try run { broker in
            let client = try RawClient(broker.address)
            let after = try metadata(client, "t", mayCreate: false)
            var expected = try #require(before).topics
            expected[0].partitions[0].leaderEpoch = 2
            #expect("\(after.topics)" == "\(expected)")
            #expect(after.clusterID == before?.clusterID)
            let data = try fetch(client, "t", from: 2).responses.first?.partitions.first
            #expect(data?.highWatermark == 6)
            #expect(try TestBatches.records(in: data?.records ?? [], from: 2) == ["2:c=3", "3:a=1", "4:b=2", "5:c=3"])
        }
    }

    @Test func fetchWaitsForTheNextRecord() throws {
        try run { broker in
            let (reader, writer) = (try RawClient(broker.address), try RawClient(broker.address))
            _ = try metadata(writer, "t")
            #expect(try fetch(reader, "t", from: 0).responses.first?.partitions.first?.records?.isEmpty == true)
            #expect(try fetch(reader, "t", from: 1).responses.first?.partitions.first?.errorCode == .offsetOutOfRange)
            let address = broker.address
            startThread(named: "late-producer") {
                let request = Self.produceRequest(TestBatches.fromKcat, topic: "t", acks: -1)
                _ = try? RawClient(address).call(request, version: 9)
            }
            let data = try fetch(reader, "t", from: 0, maxWait: 20_000).responses.first?.partitions.first
            #expect(try TestBatches.records(in: data?.records ?? []).count == 3)
        }
    }

    @Test func dataDirectoryIsLockedByOneBroker() throws {
        try run { broker in
            let taken = directory.path + "/data"
            #expect(throws: StorageError.inUse(directory: taken)) { try run { _ in } }
            try expectAlive(broker)
        }
        try run { broker in
            try expectAlive(broker)
        }
    }

    /// A child process has copies of all descriptors between fork and exec.
    @Test func releasedDirectoryIsFreeDespiteAnInheritedLockDescriptor() throws {
        let path = directory.path + "/data"
        let data = try DataDirectory(path: path)
        let original = (3..<1024).first { number in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            return target?.hasSuffix("\(path)/lock") == true
        }
        let copy = dup(Int32(try #require(original)))
        defer { close(copy) }
        data.release()
        _ = try DataDirectory(path: path)
    }

    @Test func producerIDsAreUnique() throws {
        var given: [Int64] = []
        for _ in 0..<3 {
            try run { broker in
                var request = InitProducerIdRequest()
                request.transactionalID = nil
                for _ in 0..<3 { given.append(try RawClient(broker.address).call(request, version: 4).producerID) }
            }
        }
        #expect(Set(given).count == 9)
        #expect(given == given.sorted())
    }

    @Test func unknownApiVersionsVersionIsAnsweredInVersionZero() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            let answer = try client.call(ApiVersionsRequest(), version: 99, announced: 0)
            #expect(answer.errorCode == .unsupportedVersion)
            #expect(answer.apiKeys.map(\.apiKey) == [18])
            #expect(answer.apiKeys.first?.maxVersion == 4)
        }
    }

    /// KIP-511.
    @Test func invalidNamesOfClientSoftwareAreRefused() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            func code(_ name: String, _ version: String, _ apiVersion: Int16 = 4) throws -> KafkaErrorCode {
                var request = ApiVersionsRequest()
                request.clientSoftwareName = name
                request.clientSoftwareVersion = version
                return try client.call(request, version: apiVersion).errorCode
            }
            #expect(try code("my-client.x", "1.0-rc1") == .none)
            for (name, version) in [("", "1"), ("a", ""), ("a b", "1"), ("-a", "1"), ("a", "1.")] {
                #expect(try code(name, version) == .invalidRequest)
                #expect(try code(name, version, 2) == .none)
            }
        }
    }

    /// Negative timestamps have a meaning since some version, and a partition is named once.
    @Test func offsetsAreListedAsTheVersionAllows() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            _ = try metadata(client, "t")
            _ = try produce(client, TestBatches.fromKcat, topic: "t")
            func codes(_ timestamps: [Int64], _ version: Int16) throws -> [KafkaErrorCode] {
                var request = ListOffsetsRequest()
                request.replicaID = -1
                request.topics = [ListOffsetsRequest.ListOffsetsTopic()]
                request.topics[0].name = "t"
                request.topics[0].partitions = timestamps.map { timestamp in
                    var partition = ListOffsetsRequest.ListOffsetsPartition()
                    partition.timestamp = timestamp
                    return partition
                }
                return try client.call(request, version: version).topics.flatMap(\.partitions).map(\.errorCode)
            }
            let first: [(Int64, Int16)] = [(-1, 1), (-2, 1), (-3, 7), (-4, 8), (-5, 9), (-6, 11), (0, 1)]
            for (timestamp, first) in first {
                for version in 1...11 as ClosedRange<Int16> {
                    #expect(try codes([timestamp], version) == [version < first ? .unsupportedVersion : .none])
                }
            }
            #expect(try codes([-1, -1], 7) == [.invalidRequest])
        }
    }

    /// As by Kafka: an epoch that no leader had is beyond the log.
    @Test func unknownEpochsHaveNoEnd() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            _ = try metadata(client, "t")
            _ = try produce(client, TestBatches.fromKcat, topic: "t")
            let topicID = try #require(broker.service.topics.topic(named: "t")).id
            for (epoch, code) in [(0, .none), (1, .offsetOutOfRange)] as [(Int32, KafkaErrorCode)] {
                var request = ThreeNodes.fetchRequest(topicID)
                request.topics[0].partitions[0].lastFetchedEpoch = epoch
                let answer = try client.call(request, version: 17)
                #expect(answer.responses.first?.partitions.first?.errorCode == code)
            }
            var request = OffsetForLeaderEpochRequest()
            request.topics = [OffsetForLeaderEpochRequest.OffsetForLeaderTopic()]
            request.topics[0].topic = "t"
            request.topics[0].partitions = [OffsetForLeaderEpochRequest.OffsetForLeaderPartition()]
            request.topics[0].partitions[0].leaderEpoch = -1
            #expect(try client.call(request, version: 4).topics.first?.partitions.first?.endOffset == -1)
        }
    }

    @Test func unsupportedRequestClosesTheConnection() throws {
        try run { broker in
            // CreateDelegationToken v1, and Produce v2.
            for (key, version) in [(38, 1), (0, 2), (-5, 0), (3, 99)] as [(Int16, Int16)] {
                let client = try RawClient(broker.address)
                var header: [UInt8] = [0, 0, 0, 10]
                for value in [key, version, 0, 7, -1] { header += withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) } }
                try client.send(header)
                #expect(client.isClosed())
            }
            try expectAlive(broker)
        }
    }

    @Test func malformedRequestClosesOnlyItsConnection() throws {
        try run { broker in
            let good = RawClient.frame(Self.produceRequest(TestBatches.fromKcat, topic: "t", acks: 1), version: 9)
            for index in 12..<good.count {
                var bytes = good
                bytes[index] ^= 0xFF
                let client = try RawClient(broker.address)
                client.streams.setTimeouts(50, 5000)
                try client.send(bytes)
                _ = try? client.receive(4)
            }
            for size in [Int32.max, Int32.min, -1, 0, 9, 200 << 20] {
                let client = try RawClient(broker.address)
                try client.send(withUnsafeBytes(of: size.bigEndian) { [UInt8]($0) })
                #expect(client.isClosed())
            }
            let http = try RawClient(broker.address)
            try http.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            #expect(http.isClosed())
            try expectAlive(broker)
        }
    }

    @Test func arrayLengthBeyondTheRequestIsRejected() throws {
        try run { broker in
            for count in [UInt8(0x7F), 0xFF] {
                let client = try RawClient(broker.address)
                // Metadata v1: an array of 0x7FFFFFFF or -1 (all) topics.
                try client.send([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 7, 0xFF, 0xFF, count, 0xFF, 0xFF, 0xFF])
                #expect(count == 0x7F ? client.isClosed() : !client.isClosed())
            }
        }
    }

    @Test func slowAndIdleConnectionsAreClosed() throws {
        try run({ $0.limits.requestMilliseconds = 100; $0.limits.idleMilliseconds = 100 }) { broker in
            let slow = try RawClient(broker.address)
            try slow.send([0, 0, 0, 10, 0])
            #expect(slow.isClosed())
            let idle = try RawClient(broker.address)
            #expect(idle.isClosed())
            try expectAlive(broker)
        }
    }

    @Test func connectionsBeyondTheLimitAreClosed() throws {
        try run({ $0.limits.connectionsMax = 2 }) { broker in
            let (first, second) = (try RawClient(broker.address), try RawClient(broker.address))
            #expect(try first.call(ApiVersionsRequest(), version: 0).errorCode == .none)
            #expect(try second.call(ApiVersionsRequest(), version: 0).errorCode == .none)
            #expect(try RawClient(broker.address).isClosed())
            #expect(try first.call(ApiVersionsRequest(), version: 0).errorCode == .none)
        }
    }

    @Test func acksZeroHasNoResponseAndAnErrorClosesTheConnection() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            _ = try metadata(client, "t")
            try client.send(RawClient.frame(Self.produceRequest(TestBatches.fromKcat, topic: "t", acks: 0), version: 9))
            // The next response belongs to the next request.
            #expect(try fetch(client, "t", from: 0).responses.first?.partitions.first?.highWatermark == 3)
            try client.send(RawClient.frame(Self.produceRequest([1, 2, 3], topic: "t", acks: 0), version: 9))
            #expect(client.isClosed())
        }
    }

    /// A name received in the compact encoding must fit into the older encoding, in which others may receive it.
    @Test func namesBeyondTheLimitAreRejected() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            let long = String(repeating: "x", count: 40_000)
            var join = JoinGroupRequest()
            join.groupID = "g"
            join.groupInstanceID = long
            join.protocolType = "consumer"
            join.sessionTimeoutMilliseconds = 10_000
            #expect(try client.call(join, version: 9).errorCode == .invalidRequest)
            var setting = CreateTopicsRequest.CreatableTopicConfig()
            setting.name = "leader.replication.throttled.replicas"
            setting.value = long
            var topic = CreateTopicsRequest.CreatableTopic()
            topic.name = "t"
            topic.numPartitions = -1
            topic.replicationFactor = -1
            topic.configs = [setting]
            var create = CreateTopicsRequest()
            create.topics = [topic]
            #expect(try client.call(create, version: 7).topics.first?.errorCode == .invalidConfig)
            var describe = DescribeClusterRequest()
            describe.endpointType = 2
            #expect(try client.call(describe, version: 1).errorCode == .unsupportedEndpointType)
        }
    }

    @Test func onlyProduceRequestsMayBeLarge() throws {
        try run({ $0.limits.plainRequestBytesMax = 1000 }) { broker in
            let client = try RawClient(broker.address)
            _ = try metadata(client, "t")
            let value = String(repeating: "v", count: 5000)
            let answer = try produce(client, try TestBatches.make([("k", value)]), topic: "t")
            #expect(answer.responses.first?.partitionResponses.first?.errorCode == KafkaErrorCode.none)
            var groups = DescribeGroupsRequest()
            groups.groups = Array(repeating: "group", count: 1000)
            try client.send(RawClient.frame(groups, version: 5))
            #expect(client.isClosed())
        }
    }

    @Test func recordsAreDeletedUpToAnOffset() throws {
        try run { broker in
            let client = try RawClient(broker.address)
            _ = try metadata(client, "t")
            for _ in 0..<2 { _ = try produce(client, TestBatches.fromKcat, topic: "t") }
            typealias PartitionResult = DeleteRecordsResponse.DeleteRecordsPartitionResult
            func delete(_ offset: Int64, partition: Int32 = 0) throws -> PartitionResult {
                var entry = DeleteRecordsRequest.DeleteRecordsPartition()
                entry.partitionIndex = partition
                entry.offset = offset
                var topic = DeleteRecordsRequest.DeleteRecordsTopic()
                topic.name = "t"
                topic.partitions = [entry]
                var request = DeleteRecordsRequest()
                request.topics = [topic]
                return try #require(try client.call(request, version: 2).topics.first?.partitions.first)
            }
            #expect(try delete(4).lowWatermark == 4)
            #expect(try delete(7).errorCode == .offsetOutOfRange)
            #expect(try delete(0, partition: 1).errorCode == .unknownTopicOrPartition)
            #expect(try fetch(client, "t", from: 3).responses.first?.partitions.first?.errorCode == .offsetOutOfRange)
            #expect(try fetch(client, "t", from: 4).responses.first?.partitions.first?.logStartOffset == 4)
            #expect(try delete(-1).lowWatermark == 6)
            var describe = DescribeLogDirsRequest()
            describe.topics = nil
            let directories = try client.call(describe, version: 4).results
            #expect(directories.map(\.logDir) == [directory.path + "/data"])
            let size = directories.first?.topics.first?.partitions.first?.partitionSize
            #expect(size == Int64(TestBatches.fromKcat.count * 2))
            #expect(directories.first?.totalBytes ?? 0 > 0)
        }
    }

    @Test func waitingGroupRequestEndsWhenTheBrokerStops() throws {
        let waiting = ThreadCompletion()
        try run { broker in
            let member = try RawClient(broker.address)
            let address = broker.address
            var request = JoinGroupRequest()
            request.groupID = "g"
            request.protocolType = "consumer"
            request.sessionTimeoutMilliseconds = 60_000
            request.rebalanceTimeoutMilliseconds = 600_000
            var offer = JoinGroupRequest.OfferedProtocol()
            offer.name = "range"
            request.protocols = [offer]
            #expect(try member.call(request, version: 3).errorCode == .none)
            // The second one waits for the first to join again, which it never does.
            startThread(named: "waiting-member") { [request] in
                let answer = try? RawClient(address).call(request, version: 3)
                #expect(answer == nil || answer?.errorCode == .coordinatorNotAvailable)
                waiting.finish()
            }
            var describe = DescribeGroupsRequest()
            describe.groups = ["g"]
            while try member.call(describe, version: 3).groups.first?.groupState != "PreparingRebalance" {}
        }
        #expect(waiting.wait(milliseconds: 10_000))
    }
}
