import KafkaProtocol
import KafkaWire
import Testing
import WireCore

@testable import cdcd

@Suite struct DelimiterTextTests {
    @Test(arguments: [
        ("\\n", [0x0A]), ("\\t\\r\\0", [9, 0x0D, 0]), ("\\x1fA", [0x1F, 0x41]), ("\\\\n", [0x5C, 0x6E]), (" | ", [0x20, 0x7C, 0x20]),
    ])
    func escapesAreThoseOfKcat(text: String, bytes: [UInt8]) { #expect(DelimiterText.bytes(of: text) == bytes) }

    @Test(arguments: ["\\", "\\q", "\\x1", "\\xzz"])
    func unknownEscapesAreRefused(text: String) { #expect(DelimiterText.bytes(of: text) == nil) }
}

@Suite struct PositionTextTests {
    private static let now: Int64 = 1_700_000_000_000

    @Test(arguments: [
        ("beginning", .beginning), ("start", .beginning), ("end", .end), ("0", .offset(0)), ("42", .offset(42)),
        ("-10", .beforeEnd(10)), ("@1700000000123", .time(1_700_000_000_123)), ("@-15m", .time(1_699_999_100_000)),
        ("@-2d", .time(1_699_827_200_000)), ("@1970-01-02", .time(86_400_000)), ("@1970-01-01T00:00:01Z", .time(1000)),
        ("@1970-01-01T00:00:01", .time(1000)), ("@1970-01-01T00:00:01.250Z", .time(1250)),
        ("@1970-01-01T09:00:00+09:00", .time(0)),
    ] as [(String, PositionText)])
    func formsAreRead(text: String, position: PositionText) {
        #expect(PositionText(text, now: Self.now) == position)
    }

    @Test(arguments: ["", "first", "--1", "-x", "1.5", "@", "@yesterday", "@-5", "@-5w", "@-9999999999999999d", "@-1", "@2026-13-01", "@2026-1"])
    func otherTextsAreRefused(text: String) { #expect(PositionText(text, now: Self.now) == nil) }
}

@Suite struct RecordSplitterTests {
    private func split(_ chunks: [String], by delimiter: String, max: Int = 100) throws -> [String] {
        var splitter = RecordSplitter(delimiter: Array(delimiter.utf8), recordBytesMax: max)
        var records: [[UInt8]] = []
        for chunk in chunks { records += try splitter.append(Array(chunk.utf8)) }
        if let last = splitter.finish() { records.append(last) }
        return records.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func recordsEndAtTheDelimiterHoweverTheInputIsCut() throws {
        let text = "one||two||||three"
        for length in 1...text.utf8.count {
            let chunks = stride(from: 0, to: text.count, by: length).map { String(text.dropFirst($0).prefix(length)) }
            #expect(try split(chunks, by: "||") == ["one", "two", "", "three"], "chunks of \(length)")
        }
    }

    @Test func delimiterAtTheEndStartsNoRecord() throws { #expect(try split(["a\n", "b\n"], by: "\n") == ["a", "b"]) }

    @Test func tooLargeRecordIsRefusedBeforeItsEnd() {
        #expect(throws: RecordSplitter.TooLargeError(bytesMax: 10)) { try split(["123456789012"], by: "\n", max: 10) }
        #expect(throws: RecordSplitter.TooLargeError(bytesMax: 10)) { try split(["12345678901\n"], by: "\n", max: 10) }
    }
}

@Suite struct RecordDocumentTests {
    private func written(
        _ record: ConsumedRecord, key: FieldFormat = .raw, value: FieldFormat = .raw
    ) throws -> String {
        var writer = ByteWriter()
        try RecordDocument.write(record, topic: "t", key: key, value: value, to: &writer)
        return String(decoding: writer.array(), as: UTF8.self)
    }

    private func record(
        key: [UInt8]? = nil, value: [UInt8]?, headers: [RecordHeader] = []
    ) -> ConsumedRecord {
        ConsumedRecord(partition: 1, offset: 7, timestampMilliseconds: 5, key: key, value: value, headers: headers)
    }

    @Test func documentHasAllPartsOfARecord() throws {
        let headers = [RecordHeader(key: "a", value: [0x62]), RecordHeader(key: "n", value: nil), RecordHeader(key: "x", value: [0xFF])]
        let text = try written(record(key: Array("k\"".utf8), value: nil, headers: headers))
        #expect(text == #"{"topic":"t","partition":1,"offset":7,"timestamp":5,"headers":[{"key":"a","value":"b"},{"key":"n","value":null},"#
            + #"{"key":"x","valueHex":"ff"}],"key":"k\"","value":null}"# + "\n")
    }

    @Test func bytesThatAreNoTextAreHexadecimal() throws {
        #expect(try written(record(value: [0xC3, 0x28])).contains(#""valueHex":"c328""#))
        #expect(try written(record(value: [0x41]), value: .hex).contains(#""valueHex":"41""#))
    }

    @Test(arguments: [
        (#"{"schema":{"type":"int32"},"payload":{"a":1.10}}"#, #"{"a":1.10}"#),
        (#"{"payload":null,"schema":null}"#, "null"), (#"{"payload":1}"#, #"{"payload":1}"#), ("[1,\n2]", "[1, 2]"),
        (#"{"schema":1,"payload":2,"other":3}"#, #"{"schema":1,"payload":2,"other":3}"#), (" 12345678901234567890 ", "12345678901234567890"),
    ])
    func payloadIsTheMessageWithoutItsSchema(value: String, shown: String) throws {
        #expect(try written(record(value: Array(value.utf8)), value: .payload).contains("\"value\":\(shown)}"))
    }

    @Test func valueThatIsNoJSONIsRefusedInAJSONFormat() {
        #expect(throws: JSONError.self) { try written(record(value: Array("a".utf8)), value: .json) }
        #expect(throws: JSONError.self) { try written(record(value: Array("{} {}".utf8)), value: .payload) }
    }

    @Test func documentIsReadAsItWasWritten() throws {
        for (key, value) in [(nil, nil), ([0x6B], [0xFF, 0]), ([], Array("é\n".utf8))] as [([UInt8]?, [UInt8]?)] {
            let original = record(key: key, value: value, headers: [RecordHeader(key: "h", value: [0xFE]), RecordHeader(key: "h", value: nil)])
            let line = Array(try written(original).utf8.dropLast())
            let read = try RecordDocument.record(line, topic: "t", key: .raw, value: .raw)
            #expect(read == KafkaRecord(
                topic: "t", partition: 1, key: key, value: value, headers: original.headers, timestampMilliseconds: 5))
        }
    }

    @Test func valueInJSONIsSentAsItStands() throws {
        let line = Array(#"{"key":{"id": 1},"value":[1.0, 2e3]}"#.utf8)
        let record = try RecordDocument.record(line, topic: "t", key: .json, value: .json)
        #expect(record.key == Array(#"{"id": 1}"#.utf8) && record.value == Array("[1.0, 2e3]".utf8))
    }

    @Test(arguments: [
        ("[]", "an object"), (#"{"value":1}"#, "no string"), (#"{"values":"a"}"#, "no member \"values\""),
        (#"{"partition":"x"}"#, "integer"), (#"{"headers":{}}"#, "headers"), (#"{"headers":[{"value":"a"}]}"#, "headers"),
        (#"{"valueHex":"abc"}"#, "format hex"), ("{", "too early"),
    ])
    func lineThatIsNoRecordIsRefusedWithTheReason(line: String, reason: String) {
        do {
            _ = try RecordDocument.record(Array(line.utf8), topic: "t", key: .raw, value: .raw)
            Issue.record("\(line) was accepted")
        } catch { #expect("\(error)".contains(reason), "\(error)") }
    }
}

@Suite struct RecordFormatTests {
    private func written(_ format: String, _ record: ConsumedRecord, value: FieldFormat = .raw) throws -> String {
        var writer = ByteWriter()
        try RecordFormat(parsing: format).write(record, key: .raw, value: value, null: "NULL", to: &writer)
        return String(decoding: writer.array(), as: UTF8.self)
    }

    @Test func tokensAreThoseOfKcat() throws {
        let record = ConsumedRecord(
            topic: "t", partition: 3, offset: 4, timestampMilliseconds: 5, key: nil, value: Array("abc".utf8),
            headers: [RecordHeader(key: "a", value: [0x62]), RecordHeader(key: "c", value: nil)])
        #expect(try written("%t[%p]@%o %T %k=%s %K/%S {%h} 100%%\\n", record) == "t[3]@4 5 NULL=abc -1/3 {a=b,c=NULL} 100%\n")
        #expect(try written("%R%s", record) == "\0\0\0\u{3}abc")
        #expect(try written("\\x41\\\\n%s", record, value: .hex) == "A\\n616263")
    }

    @Test(arguments: ["%", "%q", "a\\"])
    func unknownTokensAreRefused(format: String) {
        #expect(throws: RecordFormat.SyntaxError.self) { try RecordFormat(parsing: format) }
    }
}
