import ConnectData
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

    /// A request of another worker can only be verified with the key, so a worker is not healthy without it.
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

    /// A machine with the stopped connector `a`.
    private static func machineWithStoppedConnector() -> HerderMachine {
        let settings = HerderSettings(
            logPrefix: "", configTopic: "configs", gracefulShutdownMilliseconds: 1000, pluginCallMilliseconds: 1000,
            sessionKeyLifetimeMilliseconds: nil)
        var view = ConfigView()
        let records = [
            ConfigRecord.connector("a", ConnectorConfig([(name: "connector.class", value: "c")])),
            ConfigRecord.commit("a", tasks: 0), ConfigRecord.targetState("a", .stopped),
        ]
        for (index, record) in records.enumerated() {
            let value = record.value.map { JSONValue.object($0).encoded() }
            _ = view.apply(StoreRecord(offset: Int64(index), key: Array(record.key.utf8), value: value))
        }
        var machine = HerderMachine(settings, view: view)
        _ = machine.handle(
            .assigned(WorkAssignment(generation: 1, isLeader: true, leaderURL: "", connectors: [ExactName("a")], tasks: [])),
            at: time(1))
        return machine
    }

    @Test func offsetsAreWrittenOnceTheConnectorHasCheckedThem() {
        var machine = Self.machineWithStoppedConnector()
        let changes = [RequestedOffset(partition: ["p": .integer(1)], offset: nil)]
        let begun = machine.handle(.request(7, .changeOffsets("a", changes)), at: Self.time(2))
        #expect(begun.contains(.checkOffsets(7, connector: "a", changes)))
        let accepted = OffsetCheck.Changes.source([PartitionOffset(partition: ["p": .integer(1)], offset: nil)])
        let check = OffsetCheck(changes: accepted, isComplete: true)
        #expect(
            machine.handle(.offsetsChecked(7, .success(check)), at: Self.time(3)).contains(
                .writeOffsets(7, connector: "a", accepted)))
        #expect(machine.nextDeadline == nil)
        #expect(
            machine.handle(.offsetsWritten(7, failure: nil), at: Self.time(4)).contains(
                .complete(7, .success(.offsetsChanged(isComplete: true)))))
    }

    @Test func offsetsThatAreCheckedAfterTheDeadlineAreNotWritten() {
        var machine = Self.machineWithStoppedConnector()
        _ = machine.handle(.request(7, .changeOffsets("a", nil)), at: Self.time(2))
        #expect(machine.nextDeadline == Self.time(1002).monotonic)
        let overdue = machine.handle(.timePassed, at: Self.time(1002))
        #expect(overdue.contains { if case .complete(7, .failure(.failed)) = $0 { true } else { false } })
        let late = machine.handle(
            .offsetsChecked(7, .success(OffsetCheck(changes: .source([]), isComplete: true))), at: Self.time(1003))
        #expect(late.isEmpty)
    }

    @Test func offsetsAreNotWrittenByAWorkerThatHasLeftItsGroup() {
        var machine = Self.machineWithStoppedConnector()
        _ = machine.handle(.request(7, .changeOffsets("a", nil)), at: Self.time(2))
        _ = machine.handle(.membershipLost(reason: "r", revoked: []), at: Self.time(3))
        let checked = machine.handle(
            .offsetsChecked(7, .success(OffsetCheck(changes: .source([]), isComplete: true))), at: Self.time(4))
        #expect(checked.contains(.complete(7, .failure(.outsideGroup(reason: "r")))))
    }
}
