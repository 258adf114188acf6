import KafkaProtocol
import WireCore

@testable import KafkaWire

/// A member of the simulated group: its machine, and a program that reads and commits.
protocol SimulatedMember: AnyObject {
    var simulation: GroupSimulation { get }
    var program: SimulatedProgram { get }
    var memberID: String { get }

    /// Lets the machine continue.
    func pump()
    /// Leaves the group; a static member may come back.
    func sendLeave(isPermanent: Bool)
    /// The machine learns that the program has not polled within the maximum interval.
    func pollExpired()
    /// The machine learns that the program polls again.
    func polled()
}

extension SimulatedMember {
    var isAlive: Bool { program.isAlive }
    /// With which it commits; -1: none.
    var generation: Int32 { program.generation }
    /// What its program has.
    var owned: Set<TopicPartition> { Set(program.positions.keys) }

    func start() {
        program.poll()
        pump()
    }

    /// The id of a static member.
    var instanceID: String? { program.instanceID }

    /// It ends without a word.
    func die() { program.isAlive = false }

    /// Ends with a commit, as `KafkaConsumer.close`.
    func leave(isPermanent: Bool) {
        program.end { [self] in sendLeave(isPermanent: isPermanent) }
    }

    /// Its program does not poll; the machine learns that after the maximum poll interval.
    func stall(milliseconds: Int) {
        guard program.pause == nil else { return }
        let interval = 5000
        let pause = program.begin(.stalled)
        if milliseconds > interval {
            simulation.after(interval) { [unowned self] in
                guard program.pause == pause else { return }
                pollExpired()
                pump()
            }
        }
        simulation.after(milliseconds) { [unowned self] in resume(from: pause) }
    }

    /// Its process is stopped: the machine does not act either, and does not learn that the program does not poll.
    func freeze(milliseconds: Int) {
        guard program.pause == nil else { return }
        let pause = program.begin(.frozen)
        simulation.after(milliseconds) { [unowned self] in resume(from: pause) }
    }

    /// Its program polls.
    func resume() {
        if let pause = program.pause { resume(from: pause) }
    }

    private func resume(from pause: SimulatedProgram.Pause) {
        guard program.pause == pause else { return }
        program.pause = nil
        polled()
        pump()
    }

    /// Whether the machine acts.
    var isRunning: Bool { isAlive && program.pause?.kind != .frozen }
}

/// The program of a member: it handles the steps, reads its partitions and commits what it has read.
final class SimulatedProgram {
    unowned let simulation: GroupSimulation
    /// nil: the position is not known yet.
    private(set) var positions: [TopicPartition: Int64?] = [:]
    /// Changes when a partition is assigned, so that a late answer is not used.
    private var turn = 0
    private var turns: [TopicPartition: Int] = [:]
    var isAlive = true
    /// Why it does not poll.
    var pause: Pause?
    let instanceID: String?
    var memberID = ""
    var generation: Int32 = -1
    private var pauseCount = 0

    struct Pause: Equatable {
        enum Kind { case stalled, frozen }

        let kind: Kind
        let number: Int
    }

    init(_ simulation: GroupSimulation, instanceID: String?) {
        self.simulation = simulation
        self.instanceID = instanceID
    }

    func begin(_ kind: Pause.Kind) -> Pause {
        pauseCount += 1
        let pause = Pause(kind: kind, number: pauseCount)
        self.pause = pause
        return pause
    }

    var known: [TopicPartition: Int64] { positions.compactMapValues { $0 } }

    /// Reads and commits from time to time.
    func poll() {
        guard isAlive else { return }
        if pause == nil {
            for (partition, position) in known.sorted(by: { $0.key < $1.key }) {
                positions[partition] = simulation.read(partition, from: position)
            }
            if simulation.chance(30) || simulation.random(0...3) == 0 { commit(known) { _ in } }
        }
        simulation.after(simulation.random(20...200)) { [unowned self] in poll() }
    }

    /// One attempt; the code is nil if there is no answer.
    private func commit(_ offsets: [TopicPartition: Int64], _ completion: @escaping (KafkaErrorCode?) -> Void) {
        guard !offsets.isEmpty, generation >= 0 else { return completion(.unknownMemberID) }
        let (memberID, generation, instanceID) = (memberID, generation, instanceID)
        simulation.send({ [unowned simulation] answer in
            answer(simulation.commit(offsets, of: memberID, instanceID, generation: generation))
        }, completion)
    }

    /// Reads and handles nothing any more, and commits; `completion` follows.
    func end(_ completion: @escaping () -> Void) {
        isAlive = false
        commit(known) { _ in completion() }
    }

    /// Handles a step, after a poll; `completion` follows.
    func handle(_ step: RebalanceStep, _ completion: @escaping () -> Void) {
        simulation.after(simulation.random(0...(simulation.chance(20) ? 3000 : 300))) { [unowned self] in
            guard isAlive else { return }
            guard pause == nil else { return handle(step, completion) }
            switch step.kind {
            case .assigned:
                for partition in step.partitions.sorted() { begin(partition) }
                completion()
            case .revoked:
                commitBeforeRevocation(attempts: 6) { [unowned self] in
                    drop(step.partitions)
                    completion()
                }
            case .lost:
                drop(step.partitions)
                completion()
            }
        }
    }

    private func drop(_ partitions: Set<TopicPartition>) {
        for partition in partitions { (positions[partition], turns[partition]) = (nil, nil) }
    }

    private func begin(_ partition: TopicPartition) {
        turn += 1
        turns[partition] = turn
        positions[partition] = .some(nil)
        fetchPosition(partition, turn)
    }

    private func fetchPosition(_ partition: TopicPartition, _ turn: Int) {
        guard isAlive, turns[partition] == turn else { return }
        let (memberID, generation) = (memberID, generation)
        simulation.send({ [unowned simulation] answer in
            answer(simulation.committedOffset(of: partition, for: memberID, generation: generation))
        }) { [unowned self] (result: Result<Int64, GroupSimulation.KafkaErrorCodeError>?) in
            guard isAlive, turns[partition] == turn else { return }
            if case .success(let offset)? = result {
                positions[partition] = offset
                simulation.checkBegin(partition, at: offset, memberID)
            } else {
                simulation.after(simulation.random(5...100)) { [unowned self] in fetchPosition(partition, turn) }
            }
        }
    }

    private func commitBeforeRevocation(attempts: Int, _ completion: @escaping () -> Void) {
        commit(known) { [unowned self] code in
            guard isAlive else { return }
            guard attempts > 0, code == nil || code == .staleMemberEpoch else { return completion() }
            simulation.after(simulation.random(5...100)) { [unowned self] in
                commitBeforeRevocation(attempts: attempts - 1, completion)
            }
        }
    }
}
