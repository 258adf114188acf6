import MySQLWire
import Testing

@testable import BinlogSource

@Suite struct BinlogAvailabilityTests {
    private static let a = "11111111-1111-1111-1111-111111111111"
    private static let b = "22222222-2222-2222-2222-222222222222"

    private func logs(executed: String, purged: String = "", usesGTIDs: Bool = true) throws -> BinlogAvailability.Logs {
        BinlogAvailability.Logs(
            usesGTIDs: usesGTIDs, executed: try #require(GTIDSet(executed)), purged: try #require(GTIDSet(purged)),
            files: ["binlog.000003", "binlog.000004"])
    }

    private func check(gtids: String, _ logs: BinlogAvailability.Logs) throws -> BinlogAvailability {
        try BinlogAvailability.check(SourceOffset(file: "x", position: 4, gtids: gtids), logs)
    }

    @Test func purgedMissingTransactionsMakeTheBinlogUnavailable() throws {
        #expect(try check(gtids: "\(Self.a):1-5", try logs(executed: "\(Self.a):1-9", purged: "\(Self.a):1-5")) == .available)
        guard case .unavailable(let reason) = try check(
            gtids: "\(Self.a):1-5", try logs(executed: "\(Self.a):1-9", purged: "\(Self.a):1-6"))
        else {
            Issue.record("a purged transaction was accepted")
            return
        }
        #expect(reason == "the server has purged \(Self.a):6, which were not delivered yet")
    }

    @Test func serverWithoutDeliveredTransactionsIsRefused() throws {
        guard case .unavailable(let reason) = try check(gtids: "\(Self.a):1-5,\(Self.b):1", try logs(executed: "\(Self.a):1-9"))
        else {
            Issue.record("a different server was accepted")
            return
        }
        #expect(reason.contains("has not executed \(Self.b):1,"))
    }

    /// A server may send a transaction to its replicas before it commits it.
    @Test func transactionsBeingCommittedAreWaitedFor() throws {
        var logs = try logs(executed: "\(Self.a):1-9")
        logs.owned = ServerProperties.ownedGTIDs("\(Self.a):10#31:11#32,\n\(Self.b):1#33")
        #expect(logs.owned == GTIDSet("\(Self.a):10-11,\(Self.b):1"))
        #expect(
            try check(gtids: "\(Self.a):1-11", logs)
                == .pending(reason: "the server has not committed \(Self.a):10-11 yet, which were delivered"))
        guard case .unavailable = try check(gtids: "\(Self.a):1-12", logs) else {
            Issue.record("waited for a transaction that is not being committed")
            return
        }
    }

    @Test(arguments: ["", "nonsense", "\(a):tag:1#2"])
    func invalidOwnedGTIDsAreIgnored(text: String) { #expect(ServerProperties.ownedGTIDs(text).isEmpty) }

    @Test func gtidOffsetIsUnavailableIfTheServerHasNoGTIDs() throws {
        guard case .unavailable = try check(gtids: "\(Self.a):1", try logs(executed: "", usesGTIDs: false)) else {
            Issue.record("available without GTIDs")
            return
        }
        #expect(try check(gtids: "", try logs(executed: "", usesGTIDs: false)) == .available)
    }

    @Test func withoutGTIDsTheBinlogFileMustExist() throws {
        let logs = try logs(executed: "", usesGTIDs: false)
        #expect(try BinlogAvailability.check(SourceOffset(file: "binlog.000004", position: 4), logs) == .available)
        #expect(try BinlogAvailability.check(SourceOffset(file: "", position: 0), logs) == .available)
        #expect(
            try BinlogAvailability.check(SourceOffset(file: "binlog.000002", position: 4), logs)
                == .unavailable(
                    reason: "the server no longer has the file binlog.000002; the oldest file it has is binlog.000003"))
    }

    @Test func taggedGTIDsAreRefusedByName() throws {
        #expect(throws: ConnectorError.self) { try check(gtids: "\(Self.a):tag:1-5", try logs(executed: "\(Self.a):1-9")) }
    }

    @Test func errorIsDebeziumsWithReasonAndRemedy() {
        let offset = SourceOffset(file: "binlog.000002", position: 7)
        let error = BinlogAvailability.failure(offset, profile: .v36, reason: "it is gone")
        #expect(error.description == """
            The connector is trying to read change stream starting at {"file":"binlog.000002","pos":7}, but this is no \
            longer available on the server. Reconfigure the connector to use a snapshot when needed.
            Caused by: it is gone
            Remedy: Set snapshot.mode=when_needed to take a new snapshot, and keep the binlog longer: SET PERSIST \
            binlog_expire_logs_seconds = 604800;
            """)
    }
}
