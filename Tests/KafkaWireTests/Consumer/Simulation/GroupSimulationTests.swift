import Foundation
import Testing

@Suite struct GroupSimulationTests {
    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    /// A seed is one story: `CDCD_TEST_SEED` begins with another one, `CDCD_TEST_STORIES` is their number.
    @Test(arguments: GroupSimulation.Kind.allCases)
    func noPartitionHasTwoOwnersAndNoRecordIsSkipped(_ kind: GroupSimulation.Kind) {
        let first = Self.number("CDCD_TEST_SEED") ?? .random(in: 0...1 << 40)
        let stories = Self.number("CDCD_TEST_STORIES") ?? 6
        var (acceptedCommits, restarts, fenced) = (0, 0, 0)
        for seed in first..<first + stories {
            let simulation = GroupSimulation(seed: seed, kind: kind)
            simulation.run()
            #expect(simulation.faults == [], "seed \(seed) of \(kind)")
            acceptedCommits += simulation.acceptedCommits
            restarts += simulation.restartCount
            fenced += simulation.fencedCount
        }
        #expect(acceptedCommits > 10 * Int(stories))
        if stories >= 6 { #expect(restarts > 0 && fenced > 0) }
    }
}
