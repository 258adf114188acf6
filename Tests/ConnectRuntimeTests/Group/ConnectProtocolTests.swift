import Testing
import WireCore
import WireTestSupport

@testable import ConnectRuntime

@Suite struct ConnectProtocolTests {
    private let assignment = GroupAssignment(
        leader: "m-1", leaderURL: "http://h:8083/", configOffset: 7, connectors: ["a"],
        tasks: [TaskID(connector: "a", task: 0), TaskID(connector: "b", task: 2)], revokedConnectors: ["c"],
        delayMilliseconds: 9)

    @Test(arguments: [Int16(1), 2]) func assignmentsOfBothCooperativeVersionsRoundTrip(version: Int16) throws {
        #expect(try GroupAssignment.decode(assignment.encoded(version: version)) == assignment)
    }

    @Test func eagerAssignmentHasNoRevocations() throws {
        var expected = assignment
        expected.revokedConnectors = []
        expected.delayMilliseconds = 0
        #expect(try GroupAssignment.decode(assignment.encoded(version: 0)) == expected)
    }

    @Test func metadataRoundTripsWithAndWithoutAllocation() throws {
        for allocation in [assignment, nil] {
            let metadata = MemberMetadata(url: "http://h:8083/", configOffset: -1, allocation: allocation)
            #expect(try MemberMetadata.decode(metadata.encoded(version: 2)) == metadata)
        }
        var placed = MemberMetadata(url: "u", configOffset: 3, host: WorkerHost(name: "h", bootID: "b"))
        #expect(try MemberMetadata.decode(placed.encoded(version: 0)) == placed)
        placed.allocation = assignment
        #expect(try MemberMetadata.decode(placed.encoded(version: 2)) == placed)
        let old = MemberMetadata(url: "u", configOffset: 3)
        #expect(try MemberMetadata.decode(old.encoded(version: 0)) == old)
    }

    @Test func truncatedMessageIsAnErrorOrAnOlderVersion() {
        let metadata = MemberMetadata(
            url: "http://h:8083/", configOffset: 1, allocation: assignment, host: WorkerHost(name: "h", bootID: "b"))
        let bytes = metadata.encoded(version: 2)
        for length in 0..<bytes.count {
            let cut = Array(bytes.prefix(length))
            do { _ = try MemberMetadata.decode(cut) } catch { continue }
            // A message that ends after the offset is read as version 0, one that ends after the allocation as Java's.
            #expect(length == 2 + 2 + 14 + 8 || length == bytes.count - 6, "\(length)")
        }
    }

    @Test func countBeyondTheMessageIsRefused() {
        var bytes = GroupAssignment(leader: "", leaderURL: "", configOffset: 0).encoded(version: 1)
        // The number of connectors follows the version, the error, two empty strings and the offset.
        bytes.replaceSubrange(16..<20, with: [0x7F, 0xFF, 0xFF, 0xFF])
        #expect(throws: WireError.self) { try GroupAssignment.decode(bytes) }
    }
}
