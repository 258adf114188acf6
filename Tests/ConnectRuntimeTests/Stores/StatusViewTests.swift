import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct StatusViewTests {
    @Test func topicOfAJavaWorkerIsRead() throws {
        var view = StatusView()
        for record in try CapturedTopic.records("status") { try view.apply(record) }
        #expect(view.connectors.names == ["rt-main", "rt-stopped"])
        #expect(view.connectors["rt-main"]?.state == .running)
        #expect(view.connectors["rt-stopped"] == StatusRecord(
            state: .stopped, workerID: "127.0.0.1:27083", generation: 7, version: "3.6.1.Final"))
        #expect(view.tasks(of: "rt-main").map(\.status.state) == [.running])
        #expect(view.tasks(of: "rt-stopped").isEmpty && view.tasks(of: "rt-gone-1").isEmpty)
        #expect(view.topics(of: "rt-main") == ["rt-main", "rt-main.rtdb.t"])
        #expect(view.topics(of: "rt-gone-1").isEmpty)
    }

    @Test func encodedRecordsEqualJavas() throws {
        for record in try CapturedTopic.records("status") {
            guard let value = record.value, let object = try JSONValue.parse(value).objectValue,
                let status = StatusRecord(object)
            else { continue }
            #expect(JSONValue.object(status.json).encoded() == value)
        }
        let topic = StatusKey.topicValue("t", id: TaskID(connector: "c", task: 0), discoveredMilliseconds: 5)
        #expect(String(decoding: JSONValue.object(topic).encoded(), as: UTF8.self)
            == "{\"topic\":{\"name\":\"t\",\"connector\":\"c\",\"task\":0,\"discoverTimestamp\":5}}")
        #expect(StatusKey.topic("t", connector: "c") == "status-topic-t:connector-c")
    }

    @Test func lateUnassignedOfAnotherWorkerDoesNotReplaceRunning() throws {
        var view = StatusView()
        let id = TaskID(connector: "a", task: 0)
        func status(_ state: StatusRecord.State, _ worker: String, _ generation: Int64) -> JSONObject {
            StatusRecord(state: state, workerID: worker, generation: generation, version: nil).json
        }
        try view.apply(key: StatusKey.task(id), status(.running, "new", 5))
        try view.apply(key: StatusKey.task(id), status(.unassigned, "old", 4))
        #expect(view.tasks[id]?.state == .running)
        try view.apply(key: StatusKey.task(id), status(.unassigned, "new", 5))
        #expect(view.tasks[id]?.state == .unassigned)
    }

    private func apply(_ key: String, _ value: String?, to view: inout StatusView) throws(UnreadableRecordError) {
        try view.apply(StoreRecord(offset: 0, key: Array(key.utf8), value: value.map { Array($0.utf8) }))
    }

    @Test(arguments: [
        ("status-connector-a", "{}", "it lacks a known state"), ("status-connector-a", "[]", "its value is no JSON object"),
        ("status-connector-a", "{", "its value is no JSON: "),
        ("status-task-a", "{\"state\":\"RUNNING\",\"worker_id\":\"w\",\"generation\":1}", "the task a has no number"),
        ("status-topic-a", "{\"topic\":{}}", "the topic a has no connector"),
        ("status-topic-a:connector-c", "{\"topic\":{}}", "it lacks a task"), ("other", "{}", "its key other is unknown"),
    ])
    func unreadableStatusRecordIsRefusedWithTheReason(key: String, value: String, reason: String) {
        var view = StatusView()
        let error = #expect(throws: UnreadableRecordError.self) { try apply(key, value, to: &view) }
        #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "")")
    }

    @Test func unknownMembersAreIgnoredAndNullIsATombstone() throws {
        var view = StatusView()
        try apply("status-connector-a", "{\"state\":\"RUNNING\",\"worker_id\":\"w\",\"generation\":1,\"more\":2}", to: &view)
        #expect(view.connectors["a"]?.state == .running)
        try apply("status-connector-a", "null", to: &view)
        #expect(view.connectors["a"] == nil)
    }
}
