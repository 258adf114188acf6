import ConnectData
import Testing

@testable import ConnectPlugins

@Suite struct SchemaFramingTests {
    private let guid = (0..<16).map { UInt8($0) }

    private func read(
        _ framing: SchemaFraming, _ bytes: [UInt8], _ headers: [RawHeader] = []
    ) throws -> SchemaFraming.Frame {
        try bytes.withUnsafeBytes { try framing.read($0, headers: headers) }
    }

    @Test func confluentIDPrecedesThePayload() throws {
        let framing = SchemaFraming(.confluentPrefix, isKey: true)
        #expect(try framing.prefix(SchemaID(id: 132)) == [0, 0, 0, 0, 0x84])
        #expect(try framing.headers(SchemaID(id: 132)) == [] && !framing.addsRecordHeaders)
        let frame = try read(framing, [0, 0, 0, 0, 0x84, 0xD2, 0x0F])
        #expect(frame == .init(id: SchemaID(id: 132), payloadOffset: 5, headerRest: []))
    }

    @Test func confluentGUIDIsInAHeader() throws {
        let framing = SchemaFraming(.confluentHeader, isKey: false)
        #expect(try framing.prefix(SchemaID(id: 1, guid: guid)) == [])
        let headers = try framing.headers(SchemaID(guid: guid), messageIndexes: [2, 4, 0])
        #expect(headers == [RawHeader("__value_schema_id", [1] + guid + [2, 4, 0])])
        #expect(throws: DataError("Schema GUID is null")) { try framing.headers(SchemaID(id: 1)) }
        // The last header counts; a prefix is read where there is none.
        let frame = try read(framing, [9], [RawHeader("__value_schema_id", [7])] + headers)
        #expect(frame == .init(id: SchemaID(guid: guid), payloadOffset: 0, headerRest: [2, 4, 0]))
        #expect(try read(framing, [0, 0, 0, 0, 5]).id == SchemaID(id: 5))
        #expect(try read(framing, [1] + guid + [9]).payloadOffset == 17)
    }

    @Test(arguments: [[], [0], [0, 0, 0, 0], [1, 2, 3], [2, 0, 0, 0, 1]] as [[UInt8]])
    func bytesWithoutAnIDAreRefused(bytes: [UInt8]) {
        let layouts: [SchemaFraming.Layout] = [
            .confluentPrefix, .apicurioPrefix(idBytes: 4, usesContentID: true),
            .apicurioHeaders(ApicurioHeaderNames(isKey: true), idBytes: 8, usesContentID: false),
        ]
        for layout in layouts {
            #expect(throws: DataError.self) { try read(SchemaFraming(layout, isKey: true), bytes) }
        }
    }

    @Test func apicurioIDsHaveEightOrFourBytes() throws {
        let id = SchemaID(globalID: 2, contentID: 3)
        let eight = SchemaFraming(.apicurioPrefix(idBytes: 8, usesContentID: false), isKey: true)
        #expect(try eight.prefix(id) == [0, 0, 0, 0, 0, 0, 0, 0, 2])
        #expect(try read(eight, [0, 0, 0, 0, 0, 0, 0, 0, 2, 7]).id == SchemaID(globalID: 2))
        let four = SchemaFraming(.apicurioPrefix(idBytes: 4, usesContentID: true), isKey: true)
        #expect(try four.prefix(id) == [0, 0, 0, 0, 3])
        let frame = try read(four, [0, 0, 0, 0, 3, 7])
        #expect(frame == .init(id: SchemaID(contentID: 3), payloadOffset: 5, headerRest: []))
    }

    @Test func apicurioHeadersNameTheSchema() throws {
        let names = ApicurioHeaderNames(isKey: true)
        let id = SchemaID(globalID: 2, contentID: 3)
        let global = SchemaFraming(.apicurioHeaders(names, idBytes: 8, usesContentID: false), isKey: true)
        let headers = try global.headers(id)
        #expect(headers == [RawHeader("apicurio.key.globalId", [0, 0, 0, 0, 0, 0, 0, 2])])
        #expect(try read(global, [5], headers).id == SchemaID(globalID: 2))
        let content = SchemaFraming(.apicurioHeaders(names, idBytes: 8, usesContentID: true), isKey: true)
        #expect(try content.headers(id) == [RawHeader("apicurio.key.contentId", [0, 0, 0, 0, 0, 0, 0, 3])])
        let artifact = SchemaID(artifact: SchemaSubject("a", group: "g"), version: "2")
        #expect(try read(global, [5], global.headers(artifact)).id == artifact)
        #expect(try read(global, [0, 0, 0, 0, 0, 0, 0, 0, 4]).id == SchemaID(globalID: 4))
        #expect(throws: DataError.self) { try read(global, [5], [RawHeader("apicurio.key.globalId", [1])]) }
    }

    @Test func guidIsReadFromText() {
        let text = "550e8400-e29b-41d4-a716-446655440000"
        #expect(SchemaGUID.bytes(text).map { SchemaGUID.text($0) } == text)
        for wrong in ["", "550e8400", text + "0", "550e8400-e29b-41d4-a716_446655440000", "x50e8400-e29b-41d4-a716-446655440000"] {
            #expect(SchemaGUID.bytes(wrong) == nil)
        }
    }
}
