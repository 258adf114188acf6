import Testing
import WireTestSupport

@testable import ConnectPlugins

@Suite struct RegistryMachineTests {
    private let settings = RegistryMachine.Settings(
        retriesMax: 2, firstPauseMillisecondsMax: 100, pauseMillisecondsMax: 150)

    @Test func answerEndsTheRequest() {
        var machine = RegistryMachine(settings: settings, serverCount: 2)
        for status in [200, 404, 409] {
            #expect(machine.begin() == .send(server: 0))
            #expect(machine.ended(.answered(status: status), random: 0) == .finish)
        }
    }

    @Test func temporaryFailureIsRetriedWithGrowingPauses() {
        var machine = RegistryMachine(settings: settings, serverCount: 2)
        _ = machine.begin()
        #expect(machine.ended(.answered(status: 503), random: 99) == .pause(milliseconds: 100))
        #expect(machine.pauseEnded() == .send(server: 0))
        #expect(machine.ended(.answered(status: 429), random: 149) == .pause(milliseconds: 150))
        #expect(machine.pauseEnded() == .send(server: 0))
        #expect(machine.ended(.answered(status: 503), random: 0) == .send(server: 1))
        #expect(machine.ended(.answered(status: 200), random: 0) == .finish)
        #expect(machine.begin() == .send(server: 1))
    }

    @Test func serverThatCannotBeReachedIsFollowedByTheNextAtOnce() {
        var machine = RegistryMachine(settings: settings, serverCount: 3, firstServer: 2)
        #expect(machine.begin() == .send(server: 2))
        #expect(machine.ended(.failed(isRetriable: true), random: 0) == .send(server: 0))
        #expect(machine.ended(.failed(isRetriable: true), random: 0) == .send(server: 1))
        #expect(machine.ended(.failed(isRetriable: true), random: 0) == .unavailable)
        #expect(machine.begin() == .send(server: 2))
        #expect(machine.ended(.failed(isRetriable: false), random: 0) == .finish)
    }

    /// Servers that fail at random, with a model of which of them is asked next.
    @Test(arguments: 0..<20) func everyRequestEndsAndEveryServerIsAskedOnceBeforeItFails(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let servers = Int.random(in: 1...4, using: &generator)
        var machine = RegistryMachine(settings: settings, serverCount: servers)
        var server = 0
        for _ in 0..<200 {
            var action = machine.begin()
            var (asked, retries) = ([server], 0)
            #expect(action == .send(server: server), "seed \(seed)")
            loop: while true {
                switch action {
                case .send(let next):
                    if next != server {
                        #expect(next == (server + 1) % servers, "seed \(seed)")
                        (server, retries) = (next, 0)
                        asked.append(next)
                    }
                    let outcomes: [RegistryMachine.Outcome] = [
                        .answered(status: 200), .answered(status: 500), .answered(status: 503),
                        .failed(isRetriable: true), .failed(isRetriable: false),
                    ]
                    let outcome = outcomes[Int.random(in: 0..<outcomes.count, using: &generator)]
                    action = machine.ended(outcome, random: generator.next())
                case .pause(let milliseconds):
                    retries += 1
                    #expect((1...150).contains(milliseconds) && retries <= 2, "seed \(seed)")
                    action = machine.pauseEnded()
                case .finish: break loop
                case .unavailable:
                    #expect(asked.count == servers && Set(asked).count == servers, "seed \(seed)")
                    server = (server + 1) % servers
                    break loop
                }
            }
        }
    }
}
