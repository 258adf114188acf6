import HTTPWire
import Testing
import WireCore

@testable import ConnectRuntime

/// Names that are equal Swift strings with different bytes, and one that begins with a combining mark.
@Suite struct ExactNamesTests {
    private static let names = ["\u{E9}", "e\u{301}", "\u{301}abc"]

    private func record(_ key: String, _ value: String, at offset: Int64 = 0) -> StoreRecord {
        StoreRecord(offset: offset, key: Array(key.utf8), value: Array(value.utf8))
    }

    @Test func configTopicContainsEachConnector() {
        var view = ConfigView()
        for (number, name) in Self.names.enumerated() {
            _ = view.apply(record("connector-\(name)", "{\"properties\":{\"n\":\"\(number)\"}}"))
            _ = view.apply(record("task-\(name)-0", "{\"properties\":{\"t\":\"\(number)\"}}"))
            #expect(view.apply(record("commit-\(name)", "{\"tasks\":1}")) == .tasksCommitted(name))
            #expect(view.apply(record("target-state-\(name)", "{\"state\":\"PAUSED\"}")) == .targetStateChanged(name))
        }
        #expect(view.connectors.count == 3)
        for (number, name) in Self.names.enumerated() {
            #expect(view.connectors[name]?["n"] == "\(number)" && view.targetState(of: name) == .paused)
            #expect(view.taskConfig(TaskID(connector: name, task: 0))?["t"] == "\(number)")
        }
        _ = view.apply(StoreRecord(offset: 0, key: Array("connector-\u{E9}".utf8), value: nil))
        #expect(view.connectors.names.map { Array($0.utf8) } == ["e\u{301}", "\u{301}abc"].map { Array($0.utf8) })
        #expect(view.tasks(of: "e\u{301}").count == 1 && view.tasks(of: "\u{E9}").isEmpty)
    }

    @Test func statusTopicContainsEachTask() throws {
        var view = StatusView()
        for (number, name) in Self.names.enumerated() {
            let status = "{\"state\":\"RUNNING\",\"trace\":null,\"worker_id\":\"w\(number)\",\"generation\":1}"
            try view.apply(record(StatusKey.connector(name), status))
            try view.apply(record(StatusKey.task(TaskID(connector: name, task: 0)), status))
            let topic = StatusKey.topicValue("t\(number)", id: TaskID(connector: name, task: 0), discoveredMilliseconds: 1)
            try view.apply(key: StatusKey.topic("t\(number)", connector: name), topic)
        }
        for (number, name) in Self.names.enumerated() {
            #expect(view.connectors[name]?.workerID == "w\(number)" && view.topics(of: name) == ["t\(number)"])
            #expect(view.tasks(of: name).map(\.status.workerID) == ["w\(number)"])
        }
    }

    @Test func offsetsTopicContainsEachPartition() throws {
        var view = OffsetView()
        for (number, name) in Self.names.enumerated() {
            try view.apply(record("[\"\(name)\",{\"server\":\"\(Self.names[0])\"}]", "{\"p\":\(number)}"))
            try view.apply(record("[\"\(name)\",{\"server\":\"\(Self.names[1])\"}]", "{\"p\":\(number + 10)}"))
        }
        for (number, name) in Self.names.enumerated() {
            #expect(view.offsets(of: name).count == 2)
            let source = OffsetView.Source(connector: name, partition: ["server": .string(Self.names[1])])
            #expect(view.offset(of: source) == ["p": .integer(Int64(number + 10))])
        }
    }

    @Test func configurationKeepsBothProperties() {
        var config = ConnectorConfig([(name: "\u{E9}", value: "1"), (name: "e\u{301}", value: "2"), (name: "x", value: "3")])
        #expect(config.names.count == 3 && config["e\u{301}"] == "2")
        config = config.merging([(name: "\u{E9}", value: nil), (name: "y", value: "4"), (name: "none", value: nil)])
        #expect(config.names == ["e\u{301}", "x", "y"] && config["\u{E9}"] == nil && config["e\u{301}"] == "2")
    }

    @Test func workerRunsAndRemovesEachConnector() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        for name in Self.names {
            let answer = try worker.call("POST", "/connectors", """
                {"name":"\(name)","config":{"connector.class":"MySql","database.hostname":"h"}}
                """)
            #expect(answer.status == 201)
        }
        let paths = Self.names.map(PercentEncoding.encodeSegment)
        for path in paths { try worker.awaitStates(path, "RUNNING", ["RUNNING"]) }
        #expect(try worker.call("GET", "/connectors").body.arrayValue?.count == 3)
        #expect(try worker.call("DELETE", "/connectors/\(paths[0])").status == 204)
        #expect(try worker.call("GET", "/connectors/\(paths[1])").status == 200)
        try worker.awaitStates(paths[1], "RUNNING", ["RUNNING"])
        #expect(try worker.call("GET", "/connectors").body == .array([.string(Self.names[1]), .string(Self.names[2])]))
    }

    /// 20,000 members without a value took a second when each was compared with all others.
    @Test func bodyOfManyNullsIsValidatedInLinearTime() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        func seconds(_ count: Int) throws -> Int {
            let nulls = (0..<count).map { ",\"k\($0)\":null" }.joined()
            let body = "{\"connector.class\":\"MySql\"\(nulls)}"
            let start = MonotonicInstant.now
            let answer = try worker.call("PUT", "/connector-plugins/MySql/config/validate", body)
            let time = MonotonicInstant.now.milliseconds(since: start)
            #expect(answer.status == 200)
            #expect(try #require(answer.body.objectValue?["error_count"]?.integerValue) >= Int64(count))
            return time
        }
        let (small, large) = (try seconds(1000), try seconds(16_000))
        // Sixteen times as many members; quadratic growth would be 256-fold.
        #expect(large < 100 * max(1, small), "\(small) ms, then \(large) ms")
    }
}
