import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct OffsetViewTests {
    private func record(_ key: String, _ value: String?, at time: Int64 = 0) -> StoreRecord {
        StoreRecord(offset: 0, timestampMilliseconds: time, key: Array(key.utf8), value: value.map { Array($0.utf8) })
    }

    @Test func topicOfAJavaWorkerIsRead() throws {
        var view = OffsetView()
        let records = try CapturedTopic.records("offsets")
        for record in records { try view.apply(record) }
        let source = OffsetView.Source(connector: "rt-main", partition: ["server": .string("rt-main")])
        let offset = try #require(view.offset(of: source))
        #expect(offset["file"] == .string("binlog.000002") && offset["pos"] == .integer(5128))
        #expect(view.offsets(of: "rt-main").count == 1)
        // A later record for it has the same bytes as key, and the value's members keep their order.
        let last = try #require(records.last { $0.keyText?.contains("rt-main") == true })
        #expect(view.key(for: source) == last.key)
        #expect(JSONValue.object(offset).encoded() == last.value)
    }

    @Test func existingKeyOfAnEqualPartitionIsReused() throws {
        var view = OffsetView()
        try view.apply(record("[\"c\",{\"server\":\"s\",\"database\":\"d\"}]", "{\"p\":1}"))
        let source = OffsetView.Source(
            connector: "c", partition: ["database": .string("d"), "server": .string("s")])
        #expect(view.offset(of: source) == ["p": .integer(1)])
        #expect(String(decoding: view.key(for: source), as: UTF8.self) == "[\"c\",{\"server\":\"s\",\"database\":\"d\"}]")
    }

    @Test func laterOfTwoKeysOfAnEqualPartitionIsValid() throws {
        var view = OffsetView()
        let (a, b) = ("[\"c\",{\"x\":1,\"y\":2}]", "[\"c\",{\"y\":2,\"x\":1}]")
        try view.apply(record(a, "{\"p\":2}", at: 20))
        try view.apply(record(b, "{\"p\":1}", at: 10))
        let source = OffsetView.Source(connector: "c", partition: ["x": .integer(1), "y": .integer(2)])
        #expect(view.offset(of: source) == ["p": .integer(2)])
        try view.apply(record(b, "{\"p\":3}", at: 30))
        #expect(view.offset(of: source) == ["p": .integer(3)])
        #expect(view.key(for: source) == Array(b.utf8))
    }

    @Test func tombstoneRemovesTheOffsetAndKeepsTheKey() throws {
        var view = OffsetView()
        let key = "[\"c\",{\"b\":1,\"a\":1}]"
        try view.apply(record(key, "{\"p\":1}"))
        try view.apply(record(key, nil))
        let source = OffsetView.Source(connector: "c", partition: ["a": .integer(1), "b": .integer(1)])
        #expect(view.offset(of: source) == nil && view.offsets(of: "c").isEmpty)
        #expect(view.key(for: source) == Array(key.utf8))
    }

    @Test(arguments: [
        ("{}", "{}", "its key is not of the form"), ("[\"c\"]", "{}", "its key is not of the form"),
        ("[1,{}]", "{}", "its key is not of the form"), ("[\"c\",[]]", "{}", "the partition in its key"),
        ("x", "{}", "its key is no JSON"), ("[\"c\",{}]", "[]", "its value is no JSON object"),
        ("[\"c\",{}]", "{", "its value is no JSON: "),
    ])
    func unreadableOffsetRecordIsRefusedWithTheReason(key: String, value: String, reason: String) {
        var view = OffsetView()
        let error = #expect(throws: UnreadableRecordError.self) { try view.apply(record(key, value)) }
        #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "")")
    }

    @Test func nullPartitionIsEmptyAndNullValueIsATombstone() throws {
        var view = OffsetView()
        let source = OffsetView.Source(connector: "c", partition: [:])
        try view.apply(record("[\"c\",null]", "{\"a\":1}"))
        #expect(view.offset(of: source) == ["a": .integer(1)])
        try view.apply(record("[\"c\",null]", "null"))
        #expect(view.offset(of: source) == nil)
    }
}
