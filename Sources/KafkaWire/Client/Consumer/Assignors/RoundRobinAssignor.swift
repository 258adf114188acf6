/// All partitions of all topics, in order, in turn to the members that are subscribed (`RoundRobinAssignor`).
enum RoundRobinAssignor {
    static func assign(_ group: GroupSubscription) -> GroupAssignment {
        let members = group.orderedMembers
        let subscriptions = members.map { Set($0.topics) }
        var assignment = GroupAssignment(uniqueKeysWithValues: members.map { ($0.memberID, []) })
        var turn = 0
        for topic in Set(members.flatMap(\.topics)).sorted() {
            for partition in group.topics[topic] ?? [] {
                // A topic in the list has a subscriber, so this ends.
                while !subscriptions[turn].contains(topic) { turn = (turn + 1) % members.count }
                assignment[members[turn].memberID, default: []].append(TopicPartition(topic, partition.index))
                turn = (turn + 1) % members.count
            }
        }
        return assignment
    }
}
