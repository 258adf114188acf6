import KafkaProtocol
import Testing
import WireCore

@testable import KafkaProtocol

@Suite struct PrimitivesTests {
    /// Kafka's `Uuid.toString` for the same bits.
    @Test func uuidsAreWrittenAsKafkaWritesThem() {
        #expect(KafkaUUID(high: 0, low: 0).description == "AAAAAAAAAAAAAAAAAAAAAA")
        #expect(KafkaUUID(high: 0, low: 1).description == "AAAAAAAAAAAAAAAAAAAAAQ")
        #expect(KafkaUUID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210).description == "ASNFZ4mrze_-3LqYdlQyEA")
        #expect(KafkaUUID(high: .max, low: .max).description == "_____________________w")
    }

    @Test func randomUUIDsAreOfVersionFourAndBeginWithNoDash() {
        for _ in 0..<200 {
            let id = KafkaUUID.random()
            #expect(id.high >> 12 & 0xF == 4)
            #expect(id.low >> 62 == 2)
            #expect(!id.description.hasPrefix("-"))
        }
    }

    @Test func errorCodesHaveKafkasNamesAndTexts() {
        #expect(KafkaErrorCode.notCoordinator.name == "NOT_COORDINATOR")
        #expect(KafkaErrorCode.notCoordinator.isRetriable)
        #expect(KafkaErrorCode.topicAlreadyExists.text == "Topic with this name already exists.")
        #expect(!KafkaErrorCode.topicAlreadyExists.isRetriable)
        #expect(KafkaErrorCode.notLeaderOrFollower.requiresMetadataRefresh)
        #expect(KafkaErrorCode(rawValue: 999).name == "ERROR_999")
        #expect(!KafkaErrorCode(rawValue: 999).isRetriable)
    }

    private static func read<Value>(
        _ bytes: [UInt8], isFlexible: Bool, _ body: (inout KafkaReader) throws(WireError) -> Value
    ) throws -> Value {
        try bytes.withUnsafeBytes { buffer in
            var reader = KafkaReader(ByteReader(buffer), isFlexible: isFlexible)
            let value = try body(&reader)
            try reader.bytes.finish()
            return value
        }
    }

    @Test func stringsAreReadInBothForms() throws {
        #expect(try Self.read([0, 2, 0x61, 0x62], isFlexible: false) { r throws(WireError) in try r.string() } == "ab")
        #expect(try Self.read([3, 0x61, 0x62], isFlexible: true) { r throws(WireError) in try r.string() } == "ab")
        #expect(try Self.read([0xFF, 0xFF], isFlexible: false) { r throws(WireError) in try r.nullableString() } == nil)
        #expect(try Self.read([0], isFlexible: true) { r throws(WireError) in try r.nullableString() } == nil)
    }

    @Test func unexpectedNullIsRefused() {
        #expect(throws: WireError.self) {
            try Self.read([0], isFlexible: true) { r throws(WireError) in try r.string() }
        }
        #expect(throws: WireError.self) {
            try Self.read([0xFF, 0xFF, 0xFF, 0xFF], isFlexible: false) { r throws(WireError) in try r.int32Array() }
        }
    }

    /// A count larger than the remaining bytes is refused before memory is allocated for it.
    @Test func impossibleLengthsAreRefused() {
        for bytes: [UInt8] in [[0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFE]] {
            #expect(throws: WireError.self) {
                try Self.read(bytes, isFlexible: false) { r throws(WireError) in try r.int32Array() }
            }
            #expect(throws: WireError.self) {
                try Self.read(bytes, isFlexible: false) { r throws(WireError) in try r.byteArray() }
            }
        }
        #expect(throws: WireError.self) {
            try Self.read([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], isFlexible: true) { r throws(WireError) in
                try r.stringArray()
            }
        }
    }

    @Test func unknownTaggedFieldsAreSkipped() throws {
        // Heartbeat response v4: throttle time, error code, two unknown tagged fields.
        let bytes: [UInt8] = [0, 0, 0, 7, 0, 27, 2, 5, 1, 0xAA, 9, 2, 0xBB, 0xCC]
        let response = try bytes.withUnsafeBytes { try HeartbeatResponse.decode(ByteReader($0), version: 4) }
        #expect(response.errorCode == .rebalanceInProgress)
        #expect(response.throttleTimeMilliseconds == 7)
    }

    @Test func apiVersionsResponseHasHeaderVersionZero() {
        for version: Int16 in 0...4 {
            var writer = KafkaWriter(isFlexible: false)
            ResponseHeader(correlationID: 5).encode(into: &writer, apiKey: .apiVersions, apiVersion: version)
            #expect(writer.bytes.array() == [0, 0, 0, 5])
        }
    }
}
