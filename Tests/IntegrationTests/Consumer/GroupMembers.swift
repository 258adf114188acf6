import KafkaProtocol
import KafkaWire
import Testing
import WireCore

/// Members of one group, polled in turn, and the records that they received.
struct GroupMembers {
    let topic: ConsumedTopic
    private(set) var members: [KafkaConsumer] = []
    private(set) var received: [Int] = []

    init(_ topic: ConsumedTopic) { self.topic = topic }

    mutating func add(_ member: KafkaConsumer) throws {
        try member.subscribe(to: [topic.name])
        members.append(member)
    }

    mutating func closeLast() { members.removeLast().close() }

    mutating func poll() throws {
        for member in members { received += try member.poll(timeoutMilliseconds: 10).map(ConsumedTopic.number) }
    }

    /// Polls until every partition belongs to one member, and no member has two more than another.
    mutating func share() throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30_000)
        while MonotonicInstant.now < deadline {
            try poll()
            let shares = members.map(\.assignment)
            guard shares.reduce(0, { $0 + $1.count }) == topic.partitions.count,
                Set(shares.joined()) == Set(topic.partitions)
            else { continue }
            let sizes = shares.map(\.count)
            if let least = sizes.min(), let most = sizes.max(), most - least <= 1 { return }
        }
        Issue.record("the partitions are not shared: \(members.map(\.assignment.count))")
    }

    /// Polls until all of the numbers were received.
    mutating func read(_ count: Int) throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while received.count < count, MonotonicInstant.now < deadline { try poll() }
    }
}
