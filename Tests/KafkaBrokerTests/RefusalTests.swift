import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

/// Where the error of a refused request is, for every API and version that the broker serves.
@Suite struct RefusalTests {
    /// A request with random contents and its refusal by Kafka's classes (`Fixtures/kafka-protocol/ORIGIN.md`).
    struct Vector: Sendable {
        let name: String
        let version: Int16
        let request: [UInt8]
        /// nil if a request has no answer.
        let refusal: [UInt8]?
    }

    static let vectors: [APIKey: [Vector]] = {
        do {
            let messages = try lines("messages")
            var vectors: [APIKey: [Vector]] = [:]
            for line in try lines("refusals") {
                let refusal = try #require(try JSONValue.parse(line).objectValue)
                let number = try #require(refusal["line"]?.integerValue)
                let message = try #require(try JSONValue.parse(messages[Int(number) - 1]).objectValue)
                let name = try #require(message["message"]?.stringValue)
                let key = try #require(APIKey.all.first { "\($0.name)Request" == name })
                vectors[key, default: []].append(
                    Vector(
                        name: name, version: Int16(message["version"]?.integerValue ?? -1),
                        request: try #require(Base64.decode(message["bytes"]?.stringValue ?? "-")),
                        refusal: refusal["bytes"]?.stringValue.flatMap { Base64.decode($0) }))
            }
            return vectors
        } catch {
            Issue.record(error)
            return [:]
        }
    }()

    private static func lines(_ folder: String) throws -> [String] {
        let packed = try Fixtures.bytes("kafka-protocol/\(folder)/4.3.1.jsonl.gz")
        var text = ByteWriter()
        try packed.withUnsafeBytes { try Gzip.expand($0, limitBytes: 1 << 23, into: &text) }
        return String(decoding: text.array(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The requests of all versions that the broker serves, with their type.
    private func forEachRequest(_ body: (RequestHandler, Vector, any RefusableRequest) throws -> Void) throws {
        for handler in RequestHandler.all {
            let type = try #require(KafkaMessages.requests[handler.apiKey] as? any RefusableRequest.Type)
            let vectors = Self.vectors[handler.apiKey] ?? []
            // Kafka's classes refuse most ACLs with random contents.
            let isComplete = Set(vectors.map(\.version)).isSuperset(of: handler.versions)
            #expect(isComplete || handler.apiKey.name.contains("Acls"), "\(handler.apiKey)")
            for vector in vectors where handler.versions.contains(vector.version) {
                try body(handler, vector, try Self.decode(type, vector))
            }
        }
    }

    private static func decode<Request: RefusableRequest>(
        _: Request.Type, _ vector: Vector
    ) throws -> any RefusableRequest {
        try vector.request.withUnsafeBytes { try Request.decode(ByteReader($0), version: vector.version) }
    }

    /// `AbstractRequest.getErrorResponse`, apart from its throttle times, which Kafka sets for some requests only.
    @Test func refusalsAreThoseOfKafka() throws {
        try forEachRequest { _, vector, request in
            #expect(request.isAnswered == (vector.refusal != nil), "\(vector.name) \(vector.version)")
            // Metadata has the brokers with any error, and a fetch refuses partitions when it reads them.
            if request is MetadataRequest || request is FetchRequest && vector.version < 13 { return }
            if request is DescribeTopicPartitionsRequest { return }
            if let bytes = vector.refusal { try Self.compare(request, vector, with: bytes) }
        }
    }

    private static func compare<Request: RefusableRequest>(
        _ request: Request, _ vector: Vector, with bytes: [UInt8]
    ) throws {
        let refusal = EntryRefusal(code: .notCoordinator, filter: EntryFilter()) { _ in nil }
        let response = try request.response(refusing: refusal, version: vector.version) { part, refusal in
            part.refusal(refusal?.code ?? .none)
        }
        var actual = try #require(response)
        var expected = try bytes.withUnsafeBytes {
            try Request.Response.decode(ByteReader($0), version: vector.version)
        }
        (actual.throttleTimeMilliseconds, expected.throttleTimeMilliseconds) = (0, 0)
        if let actual = actual as? ProduceResponse, let expected = expected as? ProduceResponse {
            // Kafka does not keep the order of partitions, and leaves out topics without any.
            #expect(partitions(of: actual) == partitions(of: expected), "\(vector.version) \(request)")
        } else if let markers = actual as? WriteTxnMarkersResponse, let theirs = expected as? WriteTxnMarkersResponse {
            guard Set(markers.markers.map(\.producerID)).count == markers.markers.count else { return }
            #expect(partitions(of: markers) == partitions(of: theirs), "\(vector.version) \(request)")
        } else if let users = actual as? AlterUserScramCredentialsResponse,
            let theirs = expected as? AlterUserScramCredentialsResponse {
            #expect(Set(users.results.map { "\($0)" }) == Set(theirs.results.map { "\($0)" }), "\(request)")
        } else {
            let (ours, theirs) = (actual.encoded(version: vector.version), expected.encoded(version: vector.version))
            #expect(ours == theirs, "\(vector.name) \(vector.version) \(request)")
        }
    }

    private static func partitions(of response: ProduceResponse) -> Set<String> {
        Set(
            response.responses.flatMap { topic in
                topic.partitionResponses.map { "\(topic.name) \(topic.topicID) \($0)" }
            })
    }

    private static func partitions(of response: WriteTxnMarkersResponse) -> Set<String> {
        Set(
            response.markers.flatMap { marker in
                marker.topics.flatMap { topic in
                    topic.partitions.map { "\(marker.producerID) \(topic.name) \($0)" }
                }
            })
    }

    @Test func entriesNameWhatTheirKindDeclares() throws {
        var named: [APIKey: RequestEntry.Fields] = [:]
        try forEachRequest { handler, _, request in
            for entry in request.requestEntries {
                var fields: RequestEntry.Fields = []
                if entry.topic != nil || entry.topicID != .zero { fields.insert(.topic) }
                if entry.partition != nil || entry.hasAllPartitions { fields.insert(.partition) }
                if entry.group != nil { fields.insert(.group) }
                if entry.transactionalID != nil { fields.insert(.transactionalID) }
                named[handler.apiKey, default: []].formUnion(fields)
            }
        }
        for handler in RequestHandler.all {
            let fields = named[handler.apiKey] ?? []
            // The vectors have no resources of these types.
            if handler.apiKey.name.contains("Configs") {
                #expect(fields.isSubset(of: handler.entryFields), "\(handler.apiKey)")
            } else {
                #expect(fields == handler.entryFields, "\(handler.apiKey)")
            }
        }
    }

    /// The error is in the response as often as the filter selects entries, and the others are handled.
    @Test func errorIsPlacedAtTheEntriesThatAFilterSelects() throws {
        var checkedCount = 0
        try forEachRequest { handler, vector, request in
            guard handler.apiKey != .fetch else { return }
            for entry in request.requestEntries where entry != RequestEntry() {
                if [entry.topic, entry.group, entry.transactionalID].contains("") { continue }
                try Self.check(request, entry, vector)
                checkedCount += 1
            }
        }
        #expect(checkedCount > 1000)
    }

    private static func check<Request: RefusableRequest>(
        _ request: Request, _ entry: RequestEntry, _ vector: Vector
    ) throws {
        var filter = EntryFilter()
        (filter.topic, filter.partition) = (entry.topic, entry.partition)
        (filter.group, filter.transactionalID) = (entry.group, entry.transactionalID)
        let refusal = EntryRefusal(code: .policyViolation, filter: filter) { _ in nil }
        let selectedCount = request.requestEntries.filter(refusal.contains).count
        let response = try request.response(refusing: refusal, version: vector.version) { part, _ in
            part.refusal(.none)
        }
        let found = try #require(response)
        let codes = errorCodes(found).filter { $0 != .none && $0 != .operationNotAttempted }
        let expected = isOnePlace(request) ? 1 : selectedCount
        // A group whose topics are not selected has one error.
        let isGroupOnly = request is OffsetFetchRequest && !filter.selectsTopics
        let isWithoutOthers = isOnePlace(request) || isGroupOnly || selectedCount == request.requestEntries.count
        #expect(Set(codes) == [.policyViolation], "\(vector.name) \(vector.version) \(entry) \(found)")
        if !isWithoutOthers {
            #expect(codes.count == expected, "\(vector.name) \(vector.version) \(entry) \(found)")
        }
        // What is placed is part of the version.
        let decoded = try found.encoded(version: vector.version).withUnsafeBytes {
            try Request.Response.decode(ByteReader($0), version: vector.version)
        }
        #expect(errorCodes(decoded).contains(.policyViolation), "\(vector.name) \(vector.version) \(found)")
    }

    /// Requests whose response has one error code, whatever they name.
    private static func isOnePlace(_ request: any RefusableRequest) -> Bool {
        request is any GroupRequest || request is InitProducerIdRequest || request is EndTxnRequest
            || request is AddOffsetsToTxnRequest
    }

    private static func errorCodes(_ value: Any) -> [KafkaErrorCode] {
        if let code = value as? KafkaErrorCode { return [code] }
        return Mirror(reflecting: value).children.flatMap { errorCodes($0.value) }
    }
}
