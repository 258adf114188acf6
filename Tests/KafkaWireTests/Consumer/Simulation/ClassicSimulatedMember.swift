import KafkaProtocol
import WireCore

@testable import KafkaBroker
@testable import KafkaWire

/// A member in the classic protocol: the steps of `ConsumerMember` and `GroupMembership`, without their threads.
final class ClassicSimulatedMember: SimulatedMember {
    let simulation: GroupSimulation
    let program: SimulatedProgram
    private let name: String
    private let assignor: ConsumerConfiguration.Assignor
    private var machine: ClassicGroupMachine
    private var membership = GroupMachine()
    /// Whether the thread waits for an answer.
    private var isBusy = false
    private var timer = 0
    private var members: [GroupMemberMetadata] = []

    private static let sessionMilliseconds: Int32 = 2000
    private static let rebalanceMilliseconds: Int32 = 3000
    private static let attempts = 20

    init(_ name: String, _ simulation: GroupSimulation, instanceID: String?, isCooperative: Bool) {
        (self.name, self.simulation) = (name, simulation)
        program = SimulatedProgram(simulation, instanceID: instanceID)
        assignor = isCooperative ? .cooperativeSticky : .range
        machine = ClassicGroupMachine(
            topics: Set(GroupSimulation.topics.keys), isCooperative: isCooperative, heartbeatIntervalMilliseconds: 300)
    }

    var memberID: String { membership.memberID }

    func pollExpired() { machine.pollExpired() }
    func polled() { machine.polled() }

    private func note(_ generation: Int32) {
        program.generation = generation
        program.memberID = membership.memberID
    }

    // MARK: The thread

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
            case .join(let owned, let generation):
                isBusy = true
                perform(membership.begin(), owned, generation, Self.attempts)
            case .heartbeat: heartbeat()
            case .leave:
                note(-1)
                sendLeave(isPermanent: false)
            case .consumerHeartbeat, .resolve: simulation.fail("an action of the other protocol")
            }
        }
    }

    private func finish() {
        isBusy = false
        pump()
    }

    func sendLeave(isPermanent: Bool) {
        let (memberID, instanceID) = (membership.memberID, instanceID)
        guard !memberID.isEmpty, isPermanent || instanceID == nil else { return }
        membership.left()
        simulation.send({ [unowned simulation] answer in
            answer(simulation.coordinator.leave(memberID, instanceID, now: simulation.now))
        }) { (_: KafkaErrorCode?) in }
    }

    /// The membership cannot continue.
    private func fail(_ code: KafkaErrorCode) {
        note(-1)
        machine.failed()
        simulation.end(self, code)
    }

    private func heartbeat() {
        guard let current = membership.generation else {
            machine.heartbeatAnswered(.rebalancing)
            return
        }
        isBusy = true
        simulation.send({ [unowned simulation, instanceID] answer in
            answer(simulation.coordinator.classic.heartbeat(
                memberID: current.memberID, groupInstanceID: instanceID, generation: current.generation,
                now: simulation.now))
        }) { [unowned self] (code: KafkaErrorCode?) in
            guard isAlive else { return }
            if let code, let result = membership.heartbeatAnswered(code) {
                if result == .fenced { note(-1) }
                machine.heartbeatAnswered(result)
            } else if code == .fencedInstanceID {
                fail(.fencedInstanceID)
            } else {
                machine.heartbeatFailed(retryAt: simulation.now.advanced(byMilliseconds: simulation.random(5...100)))
            }
            finish()
        }
    }

    // MARK: A join

    private func perform(
        _ action: GroupMachine.Action, _ owned: Set<TopicPartition>, _ generation: Int32, _ attempts: Int
    ) {
        switch action {
        case .join(let memberID): join(memberID, owned, generation, attempts)
        case .sync(let current, let memberID, _, let mustAssign):
            sync(current, memberID, mustAssign ? assignments() : [:], owned, generation, attempts)
        case .stable(let joined):
            guard let partitions = try? ConsumerProtocol.partitions(joined.assignment) else {
                return simulation.fail("an assignment cannot be read")
            }
            machine.joined(
                joined.generation, partitions, hasMissedGenerations: joined.hasMissedGenerations, now: simulation.now)
            note(machine.isMember ? joined.generation : -1)
            finish()
        case .reset:
            note(-1)
            machine.fenced()
            finish()
        case .rediscover: perform(membership.begin(), owned, generation, attempts)
        case .fail(let code): fail(code)
        }
    }

    /// Repeats what was not answered; then the join has failed.
    private func again(_ attempts: Int, _ body: @escaping (Int) -> Void) {
        guard attempts > 0 else {
            note(-1)
            machine.joinFailed(retryAt: simulation.now.advanced(byMilliseconds: 50))
            return finish()
        }
        simulation.after(simulation.random(5...100)) { [unowned self] in if isAlive { body(attempts - 1) } }
    }

    private func join(_ memberID: String, _ owned: Set<TopicPartition>, _ generation: Int32, _ attempts: Int) {
        let metadata = ConsumerProtocol.subscription(
            assignor, topics: GroupSimulation.topics.keys.sorted(), owned: owned, generation: generation, rack: nil)
        let request = JoinRequest(
            memberID: memberID, groupInstanceID: instanceID, clientID: name, clientHost: "/h",
            sessionTimeoutMilliseconds: Self.sessionMilliseconds,
            rebalanceTimeoutMilliseconds: Self.rebalanceMilliseconds, protocolType: ConsumerProtocol.type,
            protocols: [OfferedProtocol(name: assignor.rawValue, metadata: metadata)],
            requiresKnownMemberID: true, supportsSkippingAssignment: true)
        let newID = "\(name)-\(simulation.random(0...1_000_000))"
        simulation.send({ [unowned simulation] answer in
            simulation.coordinator.join(request, newMemberID: newID, now: simulation.now, answer)
        }) { [unowned self] (outcome: JoinOutcome?) in
            guard isAlive else { return }
            guard let outcome else {
                return again(attempts) { [unowned self] in join(memberID, owned, generation, $0) }
            }
            let response = JoinGroupResponse(outcome)
            members = response.members.map {
                GroupMemberMetadata(memberID: $0.memberID, instanceID: $0.groupInstanceID, metadata: $0.metadata)
            }
            perform(membership.joined(response), owned, generation, attempts)
        }
    }

    private func assignments() -> [String: [UInt8]] {
        let subscribed = members.compactMap { try? ConsumerProtocol.member($0, assignor) }
        let topics = GroupSimulation.topics.mapValues { count in
            (0..<count).map { GroupSubscription.Partition(index: $0) }
        }
        return assignor.assign(GroupSubscription(topics: topics, members: subscribed))
            .mapValues { ConsumerProtocol.encode($0) }
    }

    private func sync(
        _ current: Int32, _ memberID: String, _ assignments: [String: [UInt8]], _ owned: Set<TopicPartition>,
        _ generation: Int32, _ attempts: Int
    ) {
        let request = SyncRequest(
            memberID: memberID, groupInstanceID: instanceID, generation: current, protocolType: nil, protocolName: nil,
            assignments: assignments)
        simulation.send({ [unowned simulation] answer in
            simulation.coordinator.sync(request, now: simulation.now, answer)
        }) { [unowned self] (outcome: SyncOutcome?) in
            guard isAlive else { return }
            switch outcome {
            case nil:
                again(attempts) { [unowned self] in sync(current, memberID, assignments, owned, generation, $0) }
            case .assigned(_, _, let assignment)?:
                perform(membership.synced(.none, assignment: assignment), owned, generation, attempts)
            case .refused(let code)?:
                perform(membership.synced(code, assignment: []), owned, generation, attempts)
            }
        }
    }
}

extension JoinGroupResponse {
    fileprivate init(_ outcome: JoinOutcome) {
        self.init()
        switch outcome {
        case .refused(let code, let memberID): (errorCode, self.memberID) = (code, memberID)
        case .joined(let joined):
            generationID = joined.generation
            protocolName = joined.protocolName
            leader = joined.leaderID
            memberID = joined.memberID
            skipAssignment = joined.skipAssignment
            members = joined.members.map { known in
                var member = Member()
                member.memberID = known.memberID
                member.groupInstanceID = known.groupInstanceID
                member.metadata = known.metadata
                return member
            }
        }
    }
}
