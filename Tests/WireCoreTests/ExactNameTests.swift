import Testing
import WireCore

/// `é` as one scalar and as two scalars are equal strings in Swift and different names in Java.
@Suite struct ExactNameTests {
    private let composed = "\u{E9}"
    private let decomposed = "e\u{301}"

    @Test func canonicallyEquivalentNamesAreDifferent() {
        #expect(composed == decomposed && !composed.isExactly(decomposed) && composed.isExactly("\u{E9}"))
        #expect(Set([ExactName(composed), ExactName(decomposed)]).count == 2)
        // Combining marks of equal length in a different order.
        #expect(!"a\u{323}\u{307}".isExactly("a\u{307}\u{323}"))
    }

    @Test func mapHoldsCanonicallyEquivalentNames() {
        var map = NameMap<Int>()
        map[composed] = 1
        map[decomposed] = 2
        #expect(map[composed] == 1 && map[decomposed] == 2 && map.names == [decomposed, composed])
        #expect(map.remove(composed) == 1 && map[decomposed] == 2 && map.count == 1)
        map["x", default: 5] += 1
        #expect(map["x"] == 6)
    }

    @Test func prefixMayEndBeforeACombiningMark() {
        let key = "connector-\u{301}abc"
        #expect(!key.hasPrefix("connector-") && key.hasExactPrefix("connector-"))
        #expect(key.dropping(prefix: "connector-") == "\u{301}abc" && key.dropping(prefix: "task-") == nil)
    }

    @Test func membersOfAJSONObjectAreComparedByTheirBytes() throws {
        let text = "{\"\u{E9}\":1,\"e\u{301}\":\"\u{E9}\"}"
        let object = try #require(try JSONValue.parse(text).objectValue)
        #expect(object.count == 2 && object[composed] == .integer(1))
        #expect(object[decomposed] == .string(composed) && object[decomposed] != .string(decomposed))
        let other: JSONObject = [decomposed: .integer(1), composed: .string(composed)]
        #expect(object != other)
        #expect(Set([JSONValue.string(composed), .string(decomposed)]).count == 2)
    }
}
