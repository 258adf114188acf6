import Foundation
import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

@Suite struct GroupJournalTests {
    private let directory: TemporaryDirectory
    private let data: DataDirectory

    init() throws {
        directory = try TemporaryDirectory()
        data = try DataDirectory(path: directory.path)
    }

    private static var serverAssigned: ServerAssignedGroup {
        var group = ServerAssignedGroup(groupID: "s")
        let topic = TopicCatalog.Topic(id: KafkaUUID(high: 1, low: 2), partitionCount: 3)
        let heartbeat = ServerAssignedGroup.Heartbeat(
            memberID: "m", epoch: 0, instanceID: "i", clientID: "c", clientHost: "/h",
            rebalanceTimeoutMilliseconds: 1000, topicNames: ["t"], pattern: "x.*", owned: PartitionSets())
        _ = try? group.handle(heartbeat, TopicCatalog(version: 1, topics: ["t": topic]), now: .init(nanoseconds: 0))
        group.members["m"]?.sessionEnd = .init(nanoseconds: 0)
        return group
    }

    private static var entries: [GroupJournalEntry] {
        var group = ConsumerGroup(groupID: "g")
        let request = JoinRequest(
            memberID: "", groupInstanceID: "i", clientID: "c", clientHost: "/h", sessionTimeoutMilliseconds: 10_000,
            rebalanceTimeoutMilliseconds: 60_000, protocolType: "connect",
            protocols: [OfferedProtocol(name: "sessioned", metadata: [1, 2, 3])], requiresKnownMemberID: false,
            supportsSkippingAssignment: true)
        _ = group.join(request, requestID: GroupRequestID(number: 1), newMemberID: "i-1", now: .init(nanoseconds: 0))
        let sync = SyncRequest(
            memberID: "i-1", groupInstanceID: "i", generation: group.generation, protocolType: nil, protocolName: nil,
            assignments: ["i-1": [7, 8]])
        _ = group.sync(sync, requestID: GroupRequestID(number: 2), now: .init(nanoseconds: 0))
        group.members[0].sessionEnd = .init(nanoseconds: 0)
        let committed = CommittedOffset(offset: 42, leaderEpoch: 0, metadata: "über", committedAt: 1_795_559_322_323)
        return [
            .group(GroupSnapshot(group)),
            .offset(groupID: "g", topic: "t", partition: 3, committed),
            .offsetRemoved(groupID: "g", topic: "t", partition: 4),
            .groupRemoved(groupID: "h"),
            .pendingOffset(producerID: 5, groupID: "g", topic: "t", partition: 3, committed),
            .transactionEnded(producerID: 5, isCommit: true),
            .serverAssigned(serverAssigned),
        ]
    }

    private func replay() throws -> [GroupJournalEntry] {
        var found: [GroupJournalEntry] = []
        _ = try Journal<GroupJournalEntry>(GroupJournalEntry.fileName, in: data) { found.append($0) }
        return found
    }

    @Test func entriesAreReadBack() throws {
        var journal = try Journal<GroupJournalEntry>(GroupJournalEntry.fileName, in: data) { _ in }
        for entry in Self.entries { try journal.append([entry]) }
        #expect(try replay() == Self.entries)
        try journal.rewrite(Array(Self.entries[..<1]))
        #expect(try replay() == Array(Self.entries[..<1]))
        try journal.append([Self.entries[1]])
        #expect(try replay() == Array(Self.entries[..<2]))
    }

    @Test func truncatedJournalKeepsItsWholeEntries() throws {
        var journal = try Journal<GroupJournalEntry>(GroupJournalEntry.fileName, in: data) { _ in }
        var ends = [0]
        for entry in Self.entries {
            try journal.append([entry])
            ends.append(try directory.bytes(of: "groups.journal").count)
        }
        let bytes = try directory.bytes(of: "groups.journal")
        for length in 0...bytes.count {
            try directory.write(Array(bytes[..<length]), to: "groups.journal")
            let whole = (ends.lastIndex { $0 <= length }) ?? 0
            #expect(try replay() == Array(Self.entries[..<whole]))
            #expect(try directory.bytes(of: "groups.journal").count == ends[whole])
        }
    }

    @Test func damagedEntryAndAllAfterItAreMovedAside() throws {
        var journal = try Journal<GroupJournalEntry>(GroupJournalEntry.fileName, in: data) { _ in }
        try journal.append([Self.entries[0]])
        let first = try directory.bytes(of: "groups.journal").count
        try journal.append(Array(Self.entries[1...]))
        var bytes = try directory.bytes(of: "groups.journal")
        bytes[first + 10] ^= 1
        try directory.write(bytes, to: "groups.journal")
        #expect(try replay() == Array(Self.entries[..<1]))
        #expect(try directory.bytes(of: "groups.journal.damaged-\(first)") == Array(bytes[first...]))
    }

    /// The metadata of a member may be several megabytes, and a group may have many members.
    @Test func tooLargeGroupIsNotWritten() throws {
        var journal = try Journal<GroupJournalEntry>(GroupJournalEntry.fileName, in: data) { _ in }
        guard case .group(var snapshot) = Self.entries[0] else { return }
        snapshot.members[0].assignment = [UInt8](repeating: 0, count: 65 << 20)
        #expect(throws: StorageError.self) { try journal.append([.group(snapshot)]) }
        try journal.append([Self.entries[1]])
        #expect(try replay() == [Self.entries[1]])
    }

    /// The journal may be rewritten because of another group while members wait for their assignment.
    @Test func rebalancingGroupIsRestoredWithoutMembers() {
        var group = ConsumerGroup(groupID: "g")
        let request = JoinRequest(
            memberID: "", groupInstanceID: nil, clientID: "c", clientHost: "/h", sessionTimeoutMilliseconds: 10_000,
            rebalanceTimeoutMilliseconds: 60_000, protocolType: "consumer",
            protocols: [OfferedProtocol(name: "range", metadata: [])], requiresKnownMemberID: false,
            supportsSkippingAssignment: false)
        let now = MonotonicInstant(nanoseconds: 0)
        _ = group.join(request, requestID: GroupRequestID(number: 1), newMemberID: "m", now: now)
        #expect(group.phase == .completing)
        var restored = GroupSnapshot(group).restored(now: now)
        #expect(restored.phase == .empty)
        #expect(restored.generation == group.generation)
        #expect(restored.heartbeat(memberID: "m", groupInstanceID: nil, generation: 1, now: now) == .unknownMemberID)
    }

    @Test func flippedBitsNeverTrap() throws {
        var journal = try Journal<GroupJournalEntry>(GroupJournalEntry.fileName, in: data) { _ in }
        for entry in Self.entries { try journal.append([entry]) }
        let bytes = try directory.bytes(of: "groups.journal")
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x41
            try directory.write(damaged, to: "groups.journal")
            #expect(try replay().count < Self.entries.count)
        }
    }

    @Test func groupsAndOffsetsSurviveARestart() throws {
        var coordinator = try GroupCoordinator(directory: data, now: .now)
        let request = JoinRequest(
            memberID: "", groupInstanceID: nil, clientID: "c", clientHost: "/h", sessionTimeoutMilliseconds: 10_000,
            rebalanceTimeoutMilliseconds: 60_000, protocolType: "consumer",
            protocols: [OfferedProtocol(name: "range", metadata: [])], requiresKnownMemberID: false,
            supportsSkippingAssignment: false)
        guard case .joined(let joined) = coordinator.join(groupID: "g", request, at: 1) else {
            Issue.record("the first member joins at once")
            return
        }
        let sync = SyncRequest(
            memberID: joined.memberID, groupInstanceID: nil, generation: 1, protocolType: nil, protocolName: nil,
            assignments: [joined.memberID: [7]])
        _ = coordinator.sync(groupID: "g", sync, at: 1)
        let committed = CommittedOffset(offset: 5, leaderEpoch: -1, metadata: "", committedAt: 0)
        #expect(
            coordinator.commit(
                groupID: "g", memberID: joined.memberID, groupInstanceID: nil, generation: 1,
                [.init(topic: "t", partition: 0, committed: committed)]) == .none)

        coordinator = try GroupCoordinator(directory: data, now: .now)
        #expect(coordinator.committedOffsets(groupID: "g") == ["t": [0: committed]])
        #expect(
            coordinator.heartbeat(groupID: "g", memberID: joined.memberID, groupInstanceID: nil, generation: 1) == .none)
        #expect(coordinator.snapshot(of: "g")?.members.first?.assignment == [7])
        #expect(coordinator.delete(groupID: "g") == .nonEmptyGroup)
        #expect(coordinator.leave(groupID: "g", [(joined.memberID, nil)]) == [.none])
        coordinator.topicDeleted("t")
        #expect(coordinator.delete(groupID: "g") == .none)

        coordinator = try GroupCoordinator(directory: data, now: .now)
        #expect(coordinator.listings.isEmpty)
        #expect(coordinator.committedOffsets(groupID: "g").isEmpty)
    }
}
