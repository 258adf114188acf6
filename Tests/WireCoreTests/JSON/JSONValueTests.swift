import Dispatch
import Foundation
import Synchronization
import Testing
import WireCore

@Suite struct JSONValueTests {
    private func compact(_ text: String) throws -> String {
        String(decoding: try JSONValue.parse(text).encoded(), as: UTF8.self)
    }

    // MARK: Reading

    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-0", .integer(0)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .double(9.223372036854775808e18)), ("1.0", .double(1)), ("1e3", .double(1000)),
        ("-1.5E-2", .double(-0.015)), ("\"\"", .string("")), ("[]", .array([])), ("{}", .object([:])),
        ("[1,\t[2] ,\n{\"a\" : null}\r]", .array([.integer(1), .array([.integer(2)]), .object(["a": .null])])),
    ])
    func validDocumentsAreParsed(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONValue.parse(text) == value)
    }

    @Test(arguments: [
        ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tb\"", "a\"\\/\u{8}\u{C}\n\r\tb"), ("\"\\u00e9\\u00E9\"", "éé"),
        ("\"\\ud83d\\ude00\"", "😀"), ("\"\\ud83d\"", "\u{FFFD}"), ("\"\\ude00x\"", "\u{FFFD}x"),
        ("\"\\ud83d\\u0041\"", "\u{FFFD}A"), ("\"\\ud83d\\ud83d\\ude00\"", "\u{FFFD}😀"), ("\"é😀\u{7F}\"", "é😀\u{7F}"),
        ("\"\\u0000\"", "\0"),
    ])
    func stringsAreParsed(_ text: String, _ value: String) throws {
        #expect(try JSONValue.parse(text) == .string(value))
    }

    @Test(arguments: [
        "", " ", "nul", "nulls", "tru e", "01", "-", "-a", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "Infinity", "'a'",
        "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\u{1}\"", "[", "[1", "[1,", "[1,]", "[,1]",
        "[1 2]", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{1:2}", "}",
        "1 2", "{} {}", "[]]", "//", "\u{FEFF}1", "\u{A0}1",
    ])
    func invalidDocumentsAreRefused(_ text: String) { #expect(throws: JSONError.self) { try JSONValue.parse(text) } }

    @Test func invalidUTF8IsRefused() {
        #expect(throws: JSONError(.invalidUTF8, at: 1)) { try JSONValue.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError(.invalidUTF8, at: 1)) { try JSONValue.parse([0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
    }

    @Test func errorsNameTheOffset() {
        #expect(throws: JSONError(.unexpectedByte(0x7D, expected: "a member's name"), at: 7)) {
            try JSONValue.parse("{\"a\":1,}")
        }
        #expect(throws: JSONError(.unexpectedEnd, at: 3)) { try JSONValue.parse("[1,") }
        #expect(throws: JSONError(.trailingBytes, at: 2)) { try JSONValue.parse("1 2") }
        #expect(
            JSONError(.unexpectedByte(0x7D, expected: "a value"), at: 4).description
                == "unexpected '}' at byte 4 of the JSON document, expected a value")
    }

    @Test func truncatedDocumentsAreErrors() throws {
        let text = Array("{\"a\":[1,-2.5e3,\"x\\u00e9\\ud83d\\ude00é\",true,null],\"b\":{}}".utf8)
        _ = try JSONValue.parse(text)
        for end in 0..<text.count { #expect(throws: JSONError.self) { try JSONValue.parse(Array(text[..<end])) } }
    }

    @Test func damagedDocumentsNeverTrap() {
        let text = Array("{\"a\":[1,-2.5e3,\"x\\u00e9\\ud83d\\ude00é\",true,null],\"b\":{\"c\":[]}}".utf8)
        for position in text.indices {
            for byte in [0x00, 0x22, 0x2C, 0x5C, 0x5D, 0x7D, 0xF4, 0xFF] as [UInt8] {
                var damaged = text
                damaged[position] = byte
                _ = try? JSONValue.parse(damaged)
            }
        }
    }

    @Test func nestingIsLimited() throws {
        let depth = JSONValue.depthMax
        let fine = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try compact(fine) == fine)
        #expect(throws: JSONError(.tooDeep(max: JSONValue.depthMax), at: depth)) {
            try JSONValue.parse(String(repeating: "[", count: depth + 1))
        }
        #expect(throws: JSONError.self) { try JSONValue.parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func lastMemberOfANameIsKept() throws {
        #expect(try compact("{\"a\":1,\"b\":2,\"a\":3}") == "{\"a\":3,\"b\":2}")
    }

    @Test func membersKeepTheirOrder() throws {
        let members = (0..<20_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(try compact("{\(members),\"k0\":1}") == "{" + members.replacingFirst("\"k0\":0", "\"k0\":1") + "}")
    }

    @Test func numbersCanBeKeptAsText() throws {
        let value = try JSONValue.parse(Array("[1.50,1e3,-0,7]".utf8), numbersAsText: true)
        #expect(value == .array([.string("1.50"), .string("1e3"), .string("-0"), .string("7")]))
    }

    /// As `BigInteger.longValue` of Java.
    @Test(arguments: [
        ("9223372036854775808", Int64.min), ("-9223372036854775809", .max), ("18446744073709551615", -1),
        ("18446744073709551617", 1), ("123456789012345678901234567890", -4_362_896_299_872_285_998), ("7", 7),
    ])
    func largeIntegersCanBeTruncated(_ text: String, _ value: Int64) throws {
        let json = try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0, truncatesIntegers: true) }
        #expect(json == .integer(value))
    }

    @Test(.timeLimit(.minutes(1))) func escapesAreParsedInLinearTime() throws {
        let count = 1_000_000
        let document = "\"" + String(repeating: "\\n", count: count) + "\""
        #expect(try JSONValue.parse(document) == .string(String(repeating: "\n", count: count)))
    }

    /// Half the stack size of a thread that serves a REST connection.
    @Test func deepestDocumentFitsASmallStack() {
        let result = Mutex<JSONValue?>(nil)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let depth = JSONValue.depthMax
            let text = String(repeating: "{\"a\":", count: depth - 1) + "[]" + String(repeating: "}", count: depth - 1)
            let value = try? JSONValue.parse(text)
            let again = value.flatMap { try? JSONValue.parse($0.encoded()) }
            result.withLock { $0 = value == again ? value : nil }
            done.signal()
        }
        thread.stackSize = 256 << 10
        thread.start()
        #expect(done.wait(timeout: .now() + .seconds(20)) == .success)
        #expect(result.withLock { $0 }?.objectValue?.names == ["a"])
    }

    // MARK: Objects

    @Test func equalityIgnoresMemberOrder() {
        let a: JSONObject = ["x": .integer(1), "y": .null]
        let b: JSONObject = ["y": .null, "x": .integer(1)]
        #expect(a == b)
        #expect(a.hashValue == b.hashValue)
        #expect(a != ["x": .integer(1), "z": .null])
        #expect(a != ["x": .integer(1)])
    }

    @Test func membersAreReplacedInPlaceAndRemoved() {
        var object: JSONObject = ["a": .integer(1), "b": .integer(2)]
        object["a"] = .integer(3)
        object["c"] = .integer(4)
        object["b"] = nil
        #expect(object.names == ["a", "c"])
        #expect(object["a"] == .integer(3))
    }

    // MARK: Writing

    @Test func documentsAreWrittenCompactly() throws {
        #expect(try compact(" { \"a\" : [ 1 , 2.50 ] , \"b\" : { } } ") == "{\"a\":[1,2.5],\"b\":{}}")
        let numbers = try compact("[1e7,1e-3,9.99e-4,123456789012345678901234]")
        #expect(numbers == "[1.0E7,0.001,9.99E-4,1.2345678901234569E23]")
    }

    /// The format of Jackson's `DefaultPrettyPrinter`, which Debezium uses in its schema history.
    @Test func prettyPrintingEqualsJacksons() {
        let value: JSONValue = .object([
            "source": .object(["server": .string("s")]), "list": .array([.string("a"), .integer(1)]),
            "objects": .array([.object(["x": .null]), .object([:])]), "empty": .array([]),
            "nested": .array([.array([.integer(1)])]), "emoji": .string("😀\n"),
        ])
        let expected = """
            {
              "source" : {
                "server" : "s"
              },
              "list" : [ "a", 1 ],
              "objects" : [ {
                "x" : null
              }, { } ],
              "empty" : [ ],
              "nested" : [ [ 1 ] ],
              "emoji" : "😀\\n"
            }
            """
        #expect(String(decoding: value.prettyPrinted(), as: UTF8.self) == expected)
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, _ replacement: String) -> String {
        guard let range = firstRange(of: text) else { return self }
        return self[..<range.lowerBound] + replacement + self[range.upperBound...]
    }
}
