import KafkaProtocol
import WireCore

@testable import KafkaBroker
@testable import KafkaWire

/// A member in the protocol of KIP-848: the steps of `ConsumerMember`, without its thread.
final class ServerAssignedSimulatedMember: SimulatedMember {
    let simulation: GroupSimulation
    let program: SimulatedProgram
    let memberID: String
    private var machine: ConsumerGroupMachine
    private var isBusy = false
    private var timer = 0

    init(_ name: String, _ simulation: GroupSimulation, instanceID: String?) {
        (memberID, self.simulation) = (name, simulation)
        program = SimulatedProgram(simulation, instanceID: instanceID)
        program.memberID = name
        machine = ConsumerGroupMachine(topics: Set(GroupSimulation.topics.keys))
    }

    func pollExpired() { machine.pollExpired() }
    func polled() { machine.polled() }

    func pump() {
        guard isRunning else { return }
        while !isBusy {
            switch machine.next(now: simulation.now) {
            case .wait(let until):
                timer += 1
                let timer = timer
                guard let until else { return }
                return simulation.after(max(0, until.milliseconds(since: simulation.now))) { [unowned self] in
                    if timer == self.timer { pump() }
                }
            case .step(let step):
                program.handle(step) { [unowned self] in
                    machine.stepped()
                    pump()
                }
            case .consumerHeartbeat(let beat): send(beat)
            case .resolve(let ids): resolve(ids)
            case .leave:
                program.generation = -1
                sendLeave(isPermanent: false)
            case .join, .heartbeat: simulation.fail("an action of the other protocol")
            }
        }
    }

    private func finish() {
        isBusy = false
        pump()
    }

    private var retryTime: MonotonicInstant { simulation.now.advanced(byMilliseconds: simulation.random(5...100)) }

    func sendLeave(isPermanent: Bool) {
        let epoch =
            isPermanent || instanceID == nil
            ? ServerAssignedGroup.leaveEpoch : ServerAssignedGroup.leaveStaticEpoch
        send(ServerAssignedGroup.Heartbeat(memberID: memberID, epoch: epoch, instanceID: instanceID)) { _ in }
    }

    private typealias Outcome = Result<ServerAssignedGroup.Answer, ServerAssignedGroup.HeartbeatError>

    private func send(_ heartbeat: ServerAssignedGroup.Heartbeat, _ reply: @escaping (Outcome?) -> Void) {
        simulation.send({ [unowned simulation] answer in
            do throws(ServerAssignedGroup.HeartbeatError) {
                answer(.success(try simulation.coordinator.serverAssigned.handle(
                    heartbeat, GroupSimulation.catalog, now: simulation.now)))
            } catch { answer(.failure(error)) }
        }, reply)
    }

    private func send(_ beat: ConsumerHeartbeat) {
        isBusy = true
        let heartbeat = ServerAssignedGroup.Heartbeat(
            memberID: memberID, epoch: beat.epoch, instanceID: instanceID,
            rebalanceTimeoutMilliseconds: beat.isComplete ? 6000 : -1,
            topicNames: beat.topics, owned: beat.owned.map { PartitionSets($0) })
        send(heartbeat) { [unowned self] outcome in
            guard isAlive else { return }
            switch outcome {
            case nil: machine.lost(retryAt: retryTime)
            case .success(let answer)?:
                program.generation = answer.epoch
                machine.accepted(
                    epoch: answer.epoch, intervalMilliseconds: simulation.heartbeatIntervalMilliseconds,
                    assignment: answer.assignment?.byTopic, now: simulation.now)
            case .failure(let error)?:
                program.generation = -1
                if !machine.refused(error.code, retryAt: retryTime) { simulation.end(self, error.code) }
            }
            finish()
        }
    }

    private func resolve(_ ids: Set<KafkaUUID>) {
        isBusy = true
        simulation.after(simulation.random(1...20)) { [unowned self] in
            guard isAlive else { return }
            let names = GroupSimulation.ids.reduce(into: [:]) { $0[$1.value] = $1.key }
            // A topic may be too new for the broker that is asked.
            let found = simulation.chance(20) ? [] : ids
            machine.resolved(found.reduce(into: [:]) { $0[$1] = names[$1] }, retryAt: retryTime)
            finish()
        }
    }
}
