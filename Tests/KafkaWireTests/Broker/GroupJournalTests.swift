import Foundation
import Testing
import WireCore

@testable import KafkaWire

@Suite struct GroupJournalTests {
    private let directory: TemporaryDirectory
    private let data: DataDirectory

    init() throws {
        directory = try TemporaryDirectory()
        data = try DataDirectory(path: directory.path)
    }

    private static var entries: [GroupJournalEntry] {
        var group = ConsumerGroup(groupID: "g")
        let facts = JoinFacts(
            memberID: "", groupInstanceID: "i", clientID: "c", clientHost: "/h", sessionTimeoutMilliseconds: 10_000,
            rebalanceTimeoutMilliseconds: 60_000, protocolType: "connect",
            protocols: [OfferedProtocol(name: "sessioned", metadata: [1, 2, 3])], mustKnowItsID: false,
            canSkipAssignment: true)
        _ = group.join(facts, ticket: GroupTicket(number: 1), newMemberID: "i-1", now: .init(nanoseconds: 0))
        group.members[0].hasSynced = true
        group.members[0].sessionEnd = .init(nanoseconds: 0)
        let committed = CommittedOffset(offset: 42, leaderEpoch: 0, metadata: "über", committedAt: 1_795_559_322_323)
        return [
            .group(GroupSnapshot(group)),
            .offset(groupID: "g", topic: "t", partition: 3, committed),
            .offsetRemoved(groupID: "g", topic: "t", partition: 4),
            .groupRemoved(groupID: "h"),
        ]
    }

    private func replay() throws -> [GroupJournalEntry] {
        var found: [GroupJournalEntry] = []
        _ = try GroupJournal(in: data) { found.append($0) }
        return found
    }

    @Test func whatIsWrittenComesBack() throws {
        var journal = try GroupJournal(in: data) { _ in }
        for entry in Self.entries { try journal.append([entry]) }
        #expect(try replay() == Self.entries)
        try journal.rewrite(Array(Self.entries[..<1]))
        #expect(try replay() == Array(Self.entries[..<1]))
        try journal.append([Self.entries[1]])
        #expect(try replay() == Array(Self.entries[..<2]))
    }

    @Test func aJournalCutAnywhereKeepsItsWholeEntries() throws {
        var journal = try GroupJournal(in: data) { _ in }
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

    @Test func flippedBitsNeverTrap() throws {
        var journal = try GroupJournal(in: data) { _ in }
        for entry in Self.entries { try journal.append([entry]) }
        let bytes = try directory.bytes(of: "groups.journal")
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x41
            try directory.write(damaged, to: "groups.journal")
            #expect(try replay().count < Self.entries.count)
        }
    }

    @Test func groupsAndOffsetsSurviveARestartAndMembersNeedNotJoinAnew() throws {
        var coordinator = try GroupCoordinator(directory: data, now: .now)
        let facts = JoinFacts(
            memberID: "", groupInstanceID: nil, clientID: "c", clientHost: "/h", sessionTimeoutMilliseconds: 10_000,
            rebalanceTimeoutMilliseconds: 60_000, protocolType: "consumer",
            protocols: [OfferedProtocol(name: "range", metadata: [])], mustKnowItsID: false, canSkipAssignment: false)
        guard case .joined(let joined) = coordinator.join(groupID: "g", facts) else {
            Issue.record("the first member joins at once")
            return
        }
        let sync = SyncFacts(
            memberID: joined.memberID, groupInstanceID: nil, generation: 1, protocolType: nil, protocolName: nil,
            assignments: [joined.memberID: [7]])
        _ = coordinator.sync(groupID: "g", sync)
        let committed = CommittedOffset(offset: 5, leaderEpoch: -1, metadata: "", committedAt: 0)
        #expect(
            coordinator.commit(
                groupID: "g", memberID: joined.memberID, groupInstanceID: nil, generation: 1,
                [.init(topic: "t", partition: 0, committed: committed)]) == .none)

        coordinator = try GroupCoordinator(directory: data, now: .now)
        #expect(coordinator.committed(groupID: "g") == ["t": [0: committed]])
        #expect(
            coordinator.heartbeat(groupID: "g", memberID: joined.memberID, groupInstanceID: nil, generation: 1) == .none)
        #expect(coordinator.snapshot(of: "g")?.members.first?.assignment == [7])
        #expect(coordinator.delete(groupID: "g") == .nonEmptyGroup)
        #expect(coordinator.leave(groupID: "g", [(joined.memberID, nil)]) == [.none])
        coordinator.topicDeleted("t")
        #expect(coordinator.delete(groupID: "g") == .none)

        coordinator = try GroupCoordinator(directory: data, now: .now)
        #expect(coordinator.snapshots.isEmpty)
        #expect(coordinator.committed(groupID: "g").isEmpty)
    }
}
