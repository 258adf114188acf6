import Testing

@testable import BinlogSource

@Suite struct StartDecisionTests {
    private static let offset = SourceOffset(file: "b.1", position: 7)
    private static let unfinished = SourceOffset(file: "b.1", position: 7, phase: .snapshotRunning)

    private func decide(
        _ offset: SourceOffset?, _ mode: SnapshotOptions.Mode, historyExists: Bool = true,
        _ profile: DebeziumProfile = .v36
    ) throws -> StartDecision {
        try StartDecision.make(
            offset: offset, historyExists: historyExists, mode: mode, profile: profile, historyTopic: "history")
    }

    @Test func snapshotIsTakenWithoutAnOffset() throws {
        for mode in [SnapshotOptions.Mode.initial, .initialOnly, .whenNeeded] {
            #expect(try decide(nil, mode) == .snapshot(readsRows: true, reason: "no offset is stored"))
        }
        #expect(try decide(nil, .noData) == .snapshot(readsRows: false, reason: "no offset is stored"))
        #expect(try decide(nil, .never, historyExists: false) == .streamFromTheBeginning)
    }

    @Test func streamingContinuesFromAnOffset() throws {
        for mode in [SnapshotOptions.Mode.initial, .noData, .whenNeeded, .never] {
            #expect(try decide(Self.offset, mode) == .resume(Self.offset))
        }
        #expect(try decide(Self.offset, .initialOnly) == .nothing)
    }

    @Test func unfinishedSnapshotRestartsUnlessTheModeForbidsIt() throws {
        guard case .snapshot(readsRows: true, _) = try decide(Self.unfinished, .initial) else {
            Issue.record("the snapshot was not restarted")
            return
        }
        let error = #expect(throws: ConnectorError.self) { try decide(Self.unfinished, .never) }
        #expect(error?.summary == "The connector previously stopped while taking a snapshot, but now the connector is "
            + "configured to never allow snapshots. Reconfigure the connector to use snapshots initially or when needed.")
    }

    @Test func missingHistoryErrorIsThatOfTheGeneration() throws {
        let modern = #expect(throws: ConnectorError.self) { try decide(Self.offset, .initial, historyExists: false) }
        #expect(modern?.summary == "The db history topic is missing. You may attempt to recover it by reconfiguring the "
            + "connector to recovery")
        let old = #expect(throws: ConnectorError.self) { try decide(Self.offset, .initial, historyExists: false, .v19) }
        #expect(old?.summary.hasSuffix("SCHEMA_ONLY_RECOVERY") == true)
    }

    @Test func unavailableOffsetCausesASnapshotOnlyInModeWhenNeeded() throws {
        #expect(
            try StartDecision.whenUnavailable(Self.offset, reason: "purged", mode: .whenNeeded, profile: .v36)
                == .snapshot(readsRows: true, reason: "purged"))
        let error = #expect(throws: ConnectorError.self) {
            try StartDecision.whenUnavailable(Self.offset, reason: "purged", mode: .initial, profile: .v19)
        }
        #expect(error?.summary.hasPrefix("The connector is trying to read binlog starting at") == true)
        #expect(error?.cause == "purged")
    }
}
