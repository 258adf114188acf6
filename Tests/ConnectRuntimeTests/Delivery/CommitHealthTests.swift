import ConnectData
import Testing

@testable import ConnectRuntime

@Suite struct CommitHealthTests {
    @Test func threeConsecutiveFailuresAreReportedOnceUntilACommitSucceeds() {
        var health = CommitHealth()
        #expect(health.committed("a") == nil)
        #expect(health.committed("b") == nil)
        #expect(health.interruption == nil)
        let reported = health.committed("the topic was deleted")
        #expect(reported == health.interruption.map { TaskControl.Condition.interrupted(reason: $0) })
        #expect(health.interruption?.contains("the topic was deleted") == true)
        #expect(health.committed("another reason") == nil)
        #expect(health.interruption?.contains("another reason") == true)
        #expect(health.committed(nil) == .running)
        #expect(health.interruption == nil)
    }

    @Test func retriesAndLogLinesBecomeLessFrequent() {
        var health = CommitHealth()
        var pauses: [Int] = []
        var logged = 0
        for _ in 0..<25 {
            _ = health.committed("a")
            pauses.append(health.retryMilliseconds(firstMilliseconds: 1000))
            if health.isWorthLogging { logged += 1 }
        }
        #expect(Array(pauses.prefix(5)) == [1000, 2000, 4000, 5000, 5000] && pauses.last == 5000)
        #expect(logged == 5)
        _ = health.committed(nil)
        _ = health.committed("a")
        #expect(health.retryMilliseconds(firstMilliseconds: 1000) == 1000 && health.isWorthLogging)
    }

    @Test func successResetsTheFailureCount() {
        var health = CommitHealth()
        for _ in 0..<5 {
            #expect(health.committed("a") == nil)
            #expect(health.committed("a") == nil)
            #expect(health.committed(nil) == nil)
        }
    }
}
