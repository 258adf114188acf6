import Testing
import WireCore

@testable import KafkaWire

@Suite struct MetadataScheduleTests {
    @Test func metadataIsDueOnceAtItsMaximumAge() {
        let start = MonotonicInstant.now
        var schedule = MetadataSchedule(ageMillisecondsMax: 100, now: start)
        func after(_ milliseconds: Int) -> MonotonicInstant { start.advanced(byMilliseconds: milliseconds) }
        let early = schedule.isDue(now: after(99))
        #expect(!early)
        #expect(schedule.waitMilliseconds(now: after(99)) == 1)
        let due = schedule.isDue(now: after(100))
        #expect(due)
        // Without topics nothing is requested, and the thread waits for the next time.
        let again = schedule.isDue(now: after(101))
        #expect(!again)
        #expect(schedule.waitMilliseconds(now: after(101)) == 99)
        schedule.didRequest(now: after(150))
        #expect(schedule.waitMilliseconds(now: after(150)) == 100)
    }
}
