import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireTestSupport

@testable import ConnectRuntime

/// A worker, another one that joins and leaves, a coordinator with Kafka's rules, and a network that fails at random.
@Suite struct MembershipSimulationTests {
    private static let tickMilliseconds = 20

    @Test func tasksNeverRunTwiceAndAlwaysRunAgain() {
        let first = UInt64.random(in: 0...UInt64.max)
        print("MembershipSimulationTests: seeds from \(first)")
        for number in 0..<60 {
            let seed = first &+ UInt64(number)
            var simulation = Simulation(seed: seed)
            if let violation = simulation.run() {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }

    private struct Simulation {
        struct Request {
            let step: MembershipMachine.Step
            let sentAt: Int
            let arrivesAt: Int
            let answeredAt: Int
            var isHandled = false
            var answer: Answer?
        }

        enum Answer { case heartbeat(HeartbeatResult), groupDescribed(isEmpty: Bool), joined(Int32) }

        private var random: SeededGenerator
        private var now = 0
        private var machine: MembershipMachine
        private var isReachable = true
        // The worker's one request, or when it sends the next.
        private var request: Request?
        private var asksAt: Int?
        // The coordinator
        private let sessionMilliseconds = 10_000
        private var generation: Int32 = 1
        private var ownSessionEnd: Int? = 10_000
        private var otherIsMember = false
        private var isRebalancing = false
        private var otherRuns = false
        /// The other one has run the tasks since this worker last did.
        private var otherRan = false

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            machine = MembershipMachine(
                sessionTimeoutMilliseconds: 10_000, heartbeatIntervalMilliseconds: 3000, generation: 1,
                since: MonotonicInstant(nanoseconds: 0))
        }

        private func instant(_ milliseconds: Int) -> MonotonicInstant {
            MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: milliseconds)
        }

        private mutating func chance(_ perMillion: Int) -> Bool {
            Int.random(in: 0..<1_000_000, using: &random) < perMillion
        }

        /// The first violation; nil if there is none.
        mutating func run() -> String? {
            while now < 300_000 {
                if chance(isReachable ? 2000 : 2500) { isReachable.toggle() }
                if chance(otherIsMember ? 3000 : 1000) { if otherIsMember { otherLeaves() } else { otherJoins() } }
                if let violation = tick() { return "after \(now) ms: \(violation)" }
            }
            isReachable = true
            if otherIsMember { otherLeaves() }
            while now < 330_000 { if let violation = tick() { return "after \(now) ms: \(violation)" } }
            return machine.isAbsent ? "the tasks do not run again" : nil
        }

        private mutating func tick() -> String? {
            now += MembershipSimulationTests.tickMilliseconds
            if let end = ownSessionEnd, now >= end {
                ownSessionEnd = nil
                membersLeft()
            }
            if let violation = act(machine.timePassed(instant(now))) { return violation }
            if let violation = askAndHear() { return violation }
            if !machine.isAbsent, otherRuns { return "both run the tasks" }
            return nil
        }

        private mutating func askAndHear() -> String? {
            guard var current = request else {
                if asksAt == nil { asksAt = now + Self.delay(of: machine.nextStep) }
                guard let due = asksAt, due <= now else { return nil }
                let arrival = now + Int.random(in: 0...200, using: &random)
                request = Request(
                    step: machine.nextStep, sentAt: now, arrivesAt: arrival,
                    answeredAt: arrival + Int.random(in: 0...200, using: &random))
                asksAt = nil
                return nil
            }
            if !current.isHandled, now >= current.arrivesAt {
                current.isHandled = true
                if isReachable { current.answer = answer(to: current.step) }
            }
            request = current
            if let answer = current.answer, now >= current.answeredAt, isReachable {
                request = nil
                return hear(answer, sentAt: current.sentAt)
            }
            if now >= current.sentAt + 3000 {
                request = nil
                machine.unanswered()
            }
            return nil
        }

        private static func delay(of step: MembershipMachine.Step) -> Int {
            switch step {
            case .heartbeat(let milliseconds), .describeGroup(let milliseconds), .join(let milliseconds): milliseconds
            }
        }

        private mutating func hear(_ answer: Answer, sentAt: Int) -> String? {
            switch answer {
            case .heartbeat(let result):
                let effect = machine.heartbeatAnswered(
                    result, sentAt: instant(sentAt), answeredAt: instant(now))
                return act(effect)
            case .groupDescribed(let isEmpty):
                machine.groupDescribed(isEmpty: isEmpty)
                return nil
            case .joined(let generation):
                let effect = machine.joined(generation: generation, sentAt: instant(sentAt))
                if effect == .none, otherRan { return "the tasks run on although the other worker ran them" }
                return act(effect)
            }
        }

        private mutating func act(_ effect: MembershipMachine.Effect) -> String? {
            switch effect {
            case .none, .suspend, .leave: return nil
            case .resume where otherRan: return "the tasks continue although the other worker ran them"
            case .resume: return nil
            case .restart:
                otherRan = false
                return nil
            }
        }

        // MARK: The coordinator

        private mutating func answer(to step: MembershipMachine.Step) -> Answer? {
            switch step {
            case .heartbeat:
                guard ownSessionEnd != nil else { return .heartbeat(.fenced) }
                ownSessionEnd = now + sessionMilliseconds
                return .heartbeat(isRebalancing ? .rebalancing : .stable)
            case .describeGroup:
                // The worker waits until the other one has left.
                return otherIsMember ? nil : .groupDescribed(isEmpty: ownSessionEnd == nil)
            case .join:
                // The other one leads, so the worker would stop.
                if otherRuns { return nil }
                ownSessionEnd = now + sessionMilliseconds
                generation += 1
                isRebalancing = false
                return .joined(generation)
            }
        }

        private mutating func otherJoins() {
            otherIsMember = true
            isRebalancing = true
            if ownSessionEnd == nil { otherLeads() }
        }

        private mutating func otherLeads() {
            generation += 1
            isRebalancing = false
            otherRuns = true
            otherRan = true
        }

        private mutating func otherLeaves() {
            otherIsMember = false
            otherRuns = false
            isRebalancing = ownSessionEnd != nil
            membersLeft()
        }

        private mutating func membersLeft() {
            guard ownSessionEnd == nil else { return }
            if !otherIsMember { generation += 1 } else if !otherRuns { otherLeads() }
        }
    }
}
