import Testing

/// Random configuration changes, assignments, failing and hanging plugins, restarts and losses of membership.
@Suite struct HerderSimulationTests {
    @Test func assignedTasksRunOnceAndEveryRequestIsAnswered() {
        let first = UInt64.random(in: 0...UInt64.max)
        print("HerderSimulationTests: seeds from \(first)")
        var actionCount = 0
        for number in 0..<1000 {
            let seed = first &+ UInt64(number)
            var simulation = HerderSimulation(seed: seed)
            if let violation = simulation.run() {
                Issue.record("seed \(seed): \(violation)")
                return
            }
            actionCount += simulation.actionCount
        }
        #expect(actionCount > 100_000)
    }
}
