import ConnectData
import Testing

@testable import ConnectRuntime

@Suite struct CommitHealthTests {
    @Test func threeFailuresInARowAreShownOnceUntilACommitSucceeds() {
        var health = CommitHealth()
        #expect(health.committed("a") == nil)
        #expect(health.committed("b") == nil)
        #expect(health.interruption == nil)
        let shown = health.committed("the topic is gone")
        #expect(shown == health.interruption.map { TaskControl.Condition.interrupted(reason: $0) })
        #expect(health.interruption?.contains("the topic is gone") == true)
        #expect(health.committed("another reason") == nil)
        #expect(health.interruption?.contains("another reason") == true)
        #expect(health.committed(nil) == .running)
        #expect(health.interruption == nil)
    }

    @Test func aSuccessBetweenFailuresStartsTheCountAgain() {
        var health = CommitHealth()
        for _ in 0..<5 {
            #expect(health.committed("a") == nil)
            #expect(health.committed("a") == nil)
            #expect(health.committed(nil) == nil)
        }
    }
}
