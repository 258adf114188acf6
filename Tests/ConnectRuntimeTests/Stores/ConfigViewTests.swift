import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct ConfigViewTests {
    private func record(_ offset: Int64, _ key: String, _ value: String?) -> StoreRecord {
        StoreRecord(offset: offset, key: Array(key.utf8), value: value.map { Array($0.utf8) })
    }

    /// A view to which the given keys and values were applied.
    private func view(_ records: [(String, String?)]) -> ConfigView {
        var view = ConfigView()
        for (index, (key, value)) in records.enumerated() { _ = view.apply(record(Int64(index), key, value)) }
        return view
    }

    private let connector = ("connector-a", "{\"properties\":{\"x\":\"1\"}}")
    private func task(_ number: Int, _ value: String = "1") -> (String, String?) {
        ("task-a-\(number)", "{\"properties\":{\"v\":\"\(value)\"}}")
    }

    @Test func topicOfAJavaWorkerIsRead() throws {
        var view = ConfigView()
        var changes: [ConfigChange] = []
        for record in try CapturedTopic.records("configs") { changes.append(view.apply(record)) }
        #expect(!changes.contains { if case .unreadable = $0 { true } else { false } })
        #expect(view.connectors.names == ["rt-main", "rt-stopped"])
        #expect(view.connectors["rt-main"]?["database.server.id"] == "27001")
        #expect(view.targetState(of: "rt-main") == .started)
        #expect(view.targetState(of: "rt-stopped") == .stopped)
        #expect(view.tasks(of: "rt-main") == [TaskID(connector: "rt-main", task: 0)])
        #expect(view.tasks(of: "rt-stopped").isEmpty && view.tasks(of: "rt-gone-1").isEmpty)
        #expect(view.taskConfig(TaskID(connector: "rt-main", task: 0))?["task.class"]
            == "io.debezium.connector.mysql.MySqlConnectorTask")
        #expect(view.configAtCommit(of: "rt-main") == view.connectors["rt-main"])
        #expect(view.sessionKey?.createdMilliseconds == 1_795_559_604_093)
        #expect(view.offset == 19)
        #expect(changes.last == .restartRequested(
            RestartRequest(connector: "rt-main", includesTasks: true, onlyFailed: false)))
    }

    /// Byte for byte as the Java worker wrote them, if the order of members is not that of a hash map.
    @Test func encodedRecordsEqualJavas() throws {
        let captured = try CapturedTopic.records("configs")
        func value(_ key: String) throws -> String {
            String(decoding: try #require(captured.first { $0.keyText == key }?.value), as: UTF8.self)
        }
        func written(_ record: ConfigRecord) -> (String, String) {
            (record.key, String(decoding: record.value.map { JSONValue.object($0).encoded() } ?? [], as: UTF8.self))
        }
        var view = ConfigView()
        for record in captured { _ = view.apply(record) }
        let config = try #require(view.connectors["rt-main"])
        let records = [
            ConfigRecord.connector("rt-main", config), ConfigRecord.commit("rt-main", tasks: 1),
            ConfigRecord.targetState("rt-stopped", .stopped), ConfigRecord.targetState("rt-main", .paused),
            ConfigRecord.restart(RestartRequest(connector: "rt-main", includesTasks: true, onlyFailed: false)),
            ConfigRecord.session(try #require(view.sessionKey)),
        ]
        for record in records {
            let (key, text) = written(record)
            #expect(try value(key) == text)
        }
        #expect(ConfigRecord.connector("x", nil).value == nil)
    }

    @Test func tasksAreVisibleOnceTheyAreCommitted() {
        var found = view([connector, task(0), task(1)])
        #expect(found.tasks(of: "a").isEmpty)
        #expect(found.apply(record(3, "commit-a", "{\"tasks\":2}")) == .tasksCommitted("a"))
        #expect(found.tasks(of: "a").map(\.task) == [0, 1])
    }

    @Test func incompleteCommitMakesTheConnectorInconsistentUntilACompleteOne() {
        var found = view([connector, task(0), ("commit-a", "{\"tasks\":1}"), task(1), ("commit-a", "{\"tasks\":2}")])
        #expect(found.isInconsistent("a") && found.tasks(of: "a").isEmpty)
        for (offset, item) in [(5, task(0)), (6, task(1)), (7, task(2)), (8, ("commit-a", "{\"tasks\":2}"))] {
            _ = found.apply(record(Int64(offset), item.0, item.1))
        }
        // A task above the number is tolerated.
        #expect(!found.isInconsistent("a") && found.tasks(of: "a").count == 2)
    }

    @Test func connectorWithoutTasksIsConsistent() {
        let found = view([connector, task(0), ("commit-a", "{\"tasks\":1}"), ("commit-a", "{\"tasks\":0}")])
        #expect(!found.isInconsistent("a") && found.tasks(of: "a").isEmpty)
    }

    @Test func removedConnectorLosesItsTasks() {
        let found = view([connector, task(0), ("commit-a", "{\"tasks\":1}"), ("connector-a", nil), connector])
        #expect(found.tasks(of: "a").isEmpty && found.taskConfig(TaskID(connector: "a", task: 0)) == nil)
    }

    @Test func commitWithoutConnectorIsIgnored() {
        var found = view([task(0), ("commit-a", "{\"tasks\":1}")])
        _ = found.apply(record(2, connector.0, connector.1))
        #expect(found.tasks(of: "a").isEmpty)
    }

    @Test func stateV2TakesPrecedenceOverState() {
        #expect(view([("target-state-a", "{\"state\":\"PAUSED\",\"state.v2\":\"STOPPED\"}")]).targetState(of: "a") == .stopped)
        #expect(view([("target-state-a", "{\"state\":\"PAUSED\"}")]).targetState(of: "a") == .paused)
        #expect(view([("target-state-a", "{\"state\":\"PAUSED\"}"), ("target-state-a", nil)]).targetState(of: "a") == .started)
    }

    @Test func invalidJSONDoesNotAdvanceTheOffset() {
        var found = view([connector])
        #expect(found.offset == 1)
        guard case .unreadable = found.apply(record(1, "connector-b", "{")) else {
            Issue.record("half a document is accepted")
            return
        }
        #expect(found.offset == 1)
        guard case .unreadable = found.apply(record(2, "something-else", "{}")) else {
            Issue.record("an unknown key is accepted")
            return
        }
        #expect(found.offset == 3)
    }

    @Test func taskNumberFollowsTheLastHyphen() {
        #expect(TaskID(keySuffix: "a-b-12") == TaskID(connector: "a-b", task: 12))
        #expect(TaskID(keySuffix: "a-b") == nil && TaskID(keySuffix: "12") == nil && TaskID(keySuffix: "a--1") == TaskID(connector: "a-", task: 1))
    }
}
