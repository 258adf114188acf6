import ConnectData
import Testing

@Suite struct TaskLimitTests {
    @Test func limitIsReadWithKafkasDefaults() {
        let limit = TaskLimit(configuration: ["tasks.max": " 4 ", "tasks.max.enforce": "FALSE"])
        #expect(limit.maximum == 4 && !limit.isEnforced)
        #expect(TaskLimit(configuration: [:]).maximum == 1 && TaskLimit(configuration: [:]).isEnforced)
    }
}
