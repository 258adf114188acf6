import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

/// Ends a task after every step of a scenario, starts it again from the stored state, and compares its records with
/// those of an uninterrupted run. No record may be lost, altered or reordered, and only records that Debezium repeats
/// may be repeated.
@Suite struct CrashPointTests {
    /// The records of an uninterrupted run, checked against the scenario.
    private func expectedRecords(_ task: CrashingTask, _ stored: CrashingTask.Stored) throws -> [String] {
        let whole = try task.run(from: stored)
        let rows = whole.records.filter { !$0.hasPrefix(CrashingTask.schemaChangePrefix) }
        #expect(rows.map { String($0.prefix { $0 != "}" }) + "}" } == task.scenario.rows)
        let last = CrashingTask.Stored(offset: whole.checkpoints.last?.offset ?? [:], history: whole.history)
        #expect(try task.recoveredTables(last) == task.scenario.tables)
        return whole.records
    }

    /// Checks the records of a run that began at an offset.
    ///
    /// - Parameters:
    ///   - recordCount: the number of records before the offset.
    ///   - isComplete: whether the run read everything.
    /// - Returns: the index of its first record in `expected`.
    private func check(
        _ records: [String], after recordCount: Int, in expected: [String], isComplete: Bool, _ context: String
    ) -> Int? {
        if records.isEmpty, !isComplete { return recordCount }
        var start = isComplete ? expected.count - records.count : recordCount
        if !isComplete {
            while start > 0, Array(expected[start...].prefix(records.count)) != records { start -= 1 }
        }
        guard start >= 0, start <= recordCount, Array(expected[start...].prefix(records.count)) == records else {
            let found = records.prefix(8).joined(separator: "\n")
            let wanted = expected[min(recordCount, expected.count)...].prefix(8).joined(separator: "\n")
            Issue.record("\(context): after \(recordCount) records came\n\(found)\ninstead of\n\(wanted)")
            return nil
        }
        // The statement whose record stored the offset is read again, and offsets do not point into XA transactions.
        for record in expected[start..<recordCount] where !mayBeRepeated(record) {
            Issue.record("\(context): repeated \(record)")
            return nil
        }
        return start
    }

    private func mayBeRepeated(_ record: String) -> Bool {
        record.hasPrefix(CrashingTask.schemaChangePrefix) || record.hasPrefix(BinlogScenario.xaTable + " ")
    }

    /// What may be stored when a run ended: the last offset, or an earlier one whose commit was the last.
    private func states(
        _ outcome: CrashingTask.Outcome, _ first: CrashingTask.Stored
    ) -> [(recordCount: Int, stored: CrashingTask.Stored)] {
        states(outcome, first, afterStep: outcome.steps.count)
    }

    private func states(
        _ outcome: CrashingTask.Outcome, _ first: CrashingTask.Stored, afterStep step: Int
    ) -> [(recordCount: Int, stored: CrashingTask.Stored)] {
        guard step > 0 else { return [(0, first)] }
        let (checkpointCount, historyCount) = outcome.steps[step - 1]
        let history = Array(outcome.history.prefix(historyCount))
        let all = [(recordCount: 0, offset: first.offset)] + outcome.checkpoints.prefix(checkpointCount)
        return all.suffix(2).map { ($0.recordCount, .init(offset: $0.offset, history: history)) }
    }

    @Test(arguments: CrashingTask.Setting.essential)
    func taskKilledAtAnyStepResumesFromItsOffset(_ setting: CrashingTask.Setting) throws {
        let task = try CrashingTask(BinlogScenario(all: setting.server), setting)
        let first = try task.snapshot()
        let expected = try expectedRecords(task, first)
        for isDrained in [true, false] {
            let whole = try task.run(from: first, isDrained: { _ in isDrained })
            // Many steps have the same stored state.
            var checked: Set<CrashingTask.Stored> = []
            for step in 0...whole.steps.count {
                let states = states(whole, first, afterStep: step)
                for (recordCount, stored) in states where checked.insert(stored).inserted {
                    let context = "step \(step), input drained \(isDrained)"
                    let next = try task.run(from: stored)
                    _ = check(next.records, after: recordCount, in: expected, isComplete: true, context)
                    let last = CrashingTask.Stored(
                        offset: next.checkpoints.last?.offset ?? stored.offset, history: next.history)
                    #expect(try task.recoveredTables(last) == task.scenario.tables, "\(context)")
                }
            }
        }
    }

    @Test(arguments: CrashingTask.Setting.ofEachProtocol)
    func cleanStopRepeatsNoRow(_ setting: CrashingTask.Setting) throws {
        let task = try CrashingTask(BinlogScenario(all: setting.server), setting)
        let first = try task.snapshot()
        let expected = try expectedRecords(task, first)
        let events = try task.run(from: first).events
        for event in 1...events {
            let stopped = try task.run(from: first, until: .stopped(event: event), isDrained: { _ in false })
            guard let last = stopped.checkpoints.last else { continue }
            let next = try task.run(from: .init(offset: last.offset, history: stopped.history))
            _ = check(
                next.records, after: stopped.records.count, in: expected, isComplete: true, "stopped before event \(event)")
        }
    }

    @Test(arguments: CrashingTask.Setting.ofEachProtocol)
    func lostConnectionRepeatsNothing(_ setting: CrashingTask.Setting) throws {
        let task = try CrashingTask(BinlogScenario(all: setting.server), setting)
        let first = try task.snapshot()
        let expected = try expectedRecords(task, first)
        let events = try task.run(from: first).events
        for event in 1...events {
            let outcome = try task.run(from: first, losesConnection: { $0 == event })
            #expect(outcome.records == expected, "lost before event \(event)")
        }
    }

    /// Simulation: random scenarios on all servers, ended repeatedly at random steps (an append to the history and an
    /// offset commit are steps of their own), with random delays of offset commits and lost connections. A failure
    /// reports the seed.
    @Test(arguments: CrashingTask.Setting.all)
    func randomCrashesNeitherLoseNorAlterRecords(_ setting: CrashingTask.Setting) throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<6 {
            let scenario = BinlogScenario(random: &generator, setting.server, changeCount: 8)
            let task = try CrashingTask(scenario, setting)
            var stored = try task.snapshot()
            let expected = try expectedRecords(task, stored)
            var recordCount = 0
            var run = 0
            while true {
                run += 1
                let context = "seed \(seed), round \(round), run \(run)"
                let isLast = run == 12
                var choices = generator
                let outcome = try task.run(
                    from: stored, until: isLast ? .complete : .killed(step: .random(in: 1...60, using: &generator)),
                    isDrained: { _ in Bool.random(using: &choices) },
                    losesConnection: { _ in Int.random(in: 0..<25, using: &choices) == 0 })
                _ = generator.next()
                guard
                    let start = check(
                        outcome.records, after: recordCount, in: expected, isComplete: isLast, context)
                else { return }
                if isLast { break }
                let states = states(outcome, stored)
                let state = states.randomElement(using: &generator) ?? (0, stored)
                if state.stored.offset != stored.offset { recordCount = start + state.recordCount }
                stored = state.stored
            }
        }
    }
}
