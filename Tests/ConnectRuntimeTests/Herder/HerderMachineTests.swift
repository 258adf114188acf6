import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct HerderMachineTests {
    private static func time(_ milliseconds: Int) -> HerderTime {
        HerderTime(
            monotonic: MonotonicInstant(nanoseconds: UInt64(milliseconds) * 1_000_000),
            epochMilliseconds: Int64(milliseconds))
    }

    private static func completions(_ actions: [HerderAction]) -> [RequestID] {
        actions.compactMap { if case .complete(let id, .success(.done)) = $0 { id } else { nil } }
    }

    /// A request of another worker is only understood with the key, so a worker is not healthy without it.
    @Test func pingIsAnsweredOnceTheSessionKeyIsWritten() {
        let settings = HerderSettings(
            logPrefix: "", configTopic: "configs", gracefulShutdownMilliseconds: 1000, pluginCallMilliseconds: 1000,
            sessionKeyLifetimeMilliseconds: 20_000)
        var machine = HerderMachine(settings, view: ConfigView())
        let assignment = WorkAssignment(generation: 1, isLeader: true, leaderURL: "", connectors: [], tasks: [])
        #expect(machine.handle(.assigned(assignment), at: Self.time(1)).contains(.createSessionKey))
        #expect(Self.completions(machine.handle(.request(7, .ping), at: Self.time(2))).isEmpty)
        let key = SessionKey(keyBase64: "AAAA", algorithm: "HmacSHA256", createdMilliseconds: 3)
        let written = machine.handle(.sessionKeyCreated(key), at: Self.time(3))
        #expect(written.contains(.write([ConfigRecord.session(key)])))
        #expect(Self.completions(written).isEmpty)
        #expect(Self.completions(machine.handle(.written(failure: nil), at: Self.time(4))) == [7])
    }

    @Test func pingIsAnsweredAtOnceWhenNothingIsInProgress() {
        let settings = HerderSettings(
            logPrefix: "", configTopic: "configs", gracefulShutdownMilliseconds: 1000, pluginCallMilliseconds: 1000,
            sessionKeyLifetimeMilliseconds: nil)
        var machine = HerderMachine(settings, view: ConfigView())
        #expect(Self.completions(machine.handle(.request(1, .ping), at: Self.time(1))) == [1])
    }
}
