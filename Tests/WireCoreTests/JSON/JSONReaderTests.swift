import Testing
import WireCore

@Suite struct JSONReaderTests {
    private func read<R>(_ text: String, _ body: (inout JSONReader) throws -> R) throws -> R {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            return try body(&reader)
        }
    }

    @Test func membersAreReadOrSkipped() throws {
        let text = #" { "skipped" : { "a" : [1, {}, [ ]], "b":"x" }, "n" : 7, "list" : [ "x", {"y":null}, true ], "empty" : {} } "#
        let (names, number, items) = try read(text) { reader in
            var (names, number, items): ([String], Int64?, [JSONValue]) = ([], nil, [])
            #expect(try reader.beginObject())
            while let name = try reader.nextMember() {
                names.append(name)
                switch name {
                case "n": number = try reader.value().integerValue
                case "list":
                    #expect(try reader.beginArray())
                    while try reader.nextItem() { items.append(try reader.value()) }
                case "empty":
                    #expect(try reader.beginObject())
                    #expect(try reader.nextMember() == nil)
                default: try reader.skip()
                }
            }
            try reader.finish()
            return (names, number, items)
        }
        #expect(names == ["skipped", "n", "list", "empty"])
        #expect(number == 7)
        #expect(items == [.string("x"), .object(["y": .null]), .bool(true)])
    }

    @Test func valueOfAnotherKindIsSkipped() throws {
        try read(#"[ "text", [1], {"a":1}, 2 ]"#) { reader in
            #expect(try reader.beginArray())
            #expect(try reader.nextItem())
            #expect(try !reader.beginObject())
            #expect(try reader.nextItem())
            #expect(try !reader.beginObject())
            #expect(try reader.nextItem())
            #expect(try !reader.beginArray())
            #expect(try reader.nextItem())
            #expect(try reader.value() == .integer(2))
            #expect(try !reader.nextItem())
            try reader.finish()
        }
    }

    /// What is skipped is checked as strictly as what is read.
    @Test(arguments: [
        "{", "{}}", "{,}", #"{"a"}"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#, "[,1]", "[1,]", "[1 2]", "[1}", "[01]", #"["\x"]"#, "[tru]",
        String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
    ])
    func skippedDefectsAreErrors(_ text: String) throws {
        var expected: JSONError?
        do throws(JSONError) { _ = try JSONValue.parse(text) } catch { expected = error }
        let error = try #require(expected)
        #expect(throws: error) {
            try read(text) { reader in
                try reader.skip()
                try reader.finish()
            }
        }
    }
}
