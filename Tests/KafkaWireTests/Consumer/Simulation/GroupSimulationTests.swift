import Testing

@Suite struct GroupSimulationTests {
    /// Each seed is one story.
    @Test(arguments: GroupSimulation.Kind.allCases)
    func noPartitionHasTwoOwnersAndNoRecordIsSkipped(_ kind: GroupSimulation.Kind) {
        var acceptedCommits = 0
        for seed in UInt64(0)..<40 {
            let simulation = GroupSimulation(seed: seed, kind: kind)
            simulation.run()
            #expect(simulation.faults == [], "seed \(seed) of \(kind)")
            acceptedCommits += simulation.acceptedCommits
        }
        #expect(acceptedCommits > 400)
    }
}
