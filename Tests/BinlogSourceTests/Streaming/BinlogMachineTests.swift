import ConnectData
import MySQLTestSupport
import Testing
import WireCore

@testable import BinlogSource
@testable import MySQLWire

@Suite struct BinlogMachineTests {
    private typealias Action = BinlogMachine.Action

    private func machine(after gtids: String? = nil, _ offset: SourceOffset? = nil) throws -> BinlogMachine {
        let offset = offset ?? SourceOffset(file: "binlog.000001", position: 4, gtids: gtids)
        let executed = try gtids.map { try #require(GTIDSet($0)) }
        return BinlogMachine(
            StreamingStart(offset, executed: executed.map { .mySQL($0) }),
            options: .init(
                prefersCommitTime: true, includesQuery: true, gtidSources: GTIDSourceFilter(), flavor: .mySQL))
    }

    /// Feeds the events and returns the resulting actions without `none`.
    private func actions(
        _ events: [[UInt8]], _ machine: inout BinlogMachine, emitting rows: Int = 1,
        then body: (inout BinlogMachine, BinlogEvent) -> Void = { _, _ in }
    ) throws -> [Action] {
        var decoder = BinlogDecoder(hasChecksums: false)
        var result: [Action] = []
        for bytes in events {
            try bytes.withUnsafeBytes { bytes in
                let event = try decoder.decodeOne(bytes)
                let action = machine.receive(event)
                switch action {
                case .none: break
                case .emitRows:
                    _ = machine.rowSource(event.header)
                    machine.didEmitRows(rows, of: rows, skipping: 0)
                    result.append(action)
                case .applyStatement:
                    _ = machine.schemaChangePosition(event.header)
                    machine.didApply(emittedRecords: 0)
                    result.append(action)
                default: result.append(action)
                }
                body(&machine, event)
                machine.complete(event)
            }
        }
        return result
    }

    private func transaction(_ binlog: inout ScriptedBinlog, rows: Int) {
        binlog.announce()
        binlog.query("BEGIN")
        for row in 0..<rows { binlog.insert(into: "t", [[Int32(row), 0]]) }
        binlog.commit()
    }

    @Test func rowsAreEmittedAndTheirOffsetIsKeptUntilTheCheckpoint() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        transaction(&binlog, rows: 2)
        var machine = try machine(after: "")
        let events = binlog.dump(after: GTIDSet())
        #expect(try actions(events, &machine) == [.emitRows(skipping: 0), .emitRows(skipping: 0)])
        #expect(!machine.mustCheckpoint)
        #expect(machine.hasPendingOffset)
        let taken = machine.takeCheckpoint()
        let offset = try #require(taken)
        #expect(offset.eventCount == 4)
        #expect(offset.rowCount == 1)
        #expect(machine.takeCheckpoint() == nil)
        #expect(machine.resumeRequest.offset.gtids == binlog.executed)
    }

    @Test func rowsThatTransformsDropStoreNoOffset() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        transaction(&binlog, rows: 1)
        let first = binlog.executed
        transaction(&binlog, rows: 1)
        var machine = try machine(after: "")
        var decoder = BinlogDecoder(hasChecksums: false)
        var sentEvents = 0
        for bytes in binlog.dump(after: GTIDSet()) {
            try bytes.withUnsafeBytes { bytes in
                let event = try decoder.decodeOne(bytes)
                if case .emitRows = machine.receive(event) {
                    machine.didEmitRows(1, of: 1, skipping: 0, storesOffset: sentEvents == 0)
                    sentEvents += 1
                }
                machine.complete(event)
            }
        }
        // The offset is that of the first transaction, while the stream itself continues after the second.
        #expect(machine.takeCheckpoint()?.gtids != binlog.executed)
        #expect(machine.takeCheckpoint() == nil)
        #expect(machine.resumeRequest.offset.gtids == binlog.executed)
        #expect(machine.idleOffset?.gtids == binlog.executed)
        #expect(first != binlog.executed)
    }

    @Test func loadDataIsCheckedAsAStatement() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        binlog.announce()
        binlog.query("BEGIN")
        binlog.loadData(into: "t")
        binlog.commit()
        var machine = try machine(after: "")
        #expect(try actions(binlog.dump(after: GTIDSet()), &machine)
                == [.checkRowChange(LoggedStatement("LOAD DATA INFILE '' INTO TABLE t"))])
        #expect(machine.idleOffset?.gtids == binlog.executed)
    }

    @Test func checkpointIsDueAfterManyRows() throws {
        var binlog = ScriptedBinlog(usesGTIDs: false)
        transaction(&binlog, rows: 2)
        var machine = try machine()
        _ = try actions(
            binlog.dump(file: "binlog.000001", position: 4), &machine, emitting: BinlogMachine.checkpointRows / 2)
        #expect(machine.mustCheckpoint)
    }

    @Test func deliveredEventsOfTheStoredTransactionAreNotEmittedAgain() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        transaction(&binlog, rows: 3)
        var first = try machine(after: "")
        var stored: SourceOffset?
        _ = try actions(binlog.dump(after: GTIDSet()), &first) { machine, _ in
            if let offset = machine.takeCheckpoint(), stored == nil { stored = offset }
        }
        let offset = try #require(stored)
        var second = try machine(after: "", offset)
        // The first row event was delivered: its row is skipped, the other two events are emitted.
        #expect(try actions(binlog.dump(after: GTIDSet()), &second).count == 3)
        var third = try machine(after: "", offset)
        #expect(try actions(binlog.dump(after: GTIDSet()), &third).first == .emitRows(skipping: 1))
    }

    /// In between, the primary key of the table is read from the server, over a connection that may be lost.
    @Test func rowsAreSkippedAgainIfTheConnectionIsLostBeforeTheyAreEmitted() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        transaction(&binlog, rows: 1)
        let begin = try #require(binlog.events.first { $0.bytes[4] == EventType.query.rawValue })
        let offset = SourceOffset(
            file: begin.file, position: begin.start, gtids: "", eventCount: 2, rowCount: 3, serverID: 1)
        var machine = try machine(after: "", offset)
        for _ in 0..<2 {
            var decoder = BinlogDecoder(hasChecksums: false)
            for bytes in binlog.dump(after: GTIDSet()) {
                let event = try bytes.withUnsafeBytes { try decoder.decodeOne($0) }
                let action = machine.receive(event)
                if case .rows = event.body {
                    #expect(action == .emitRows(skipping: 3))
                    break
                }
                machine.complete(event)
            }
            machine.reconnect()
        }
    }

    @Test func gtidEventsOfTheOtherFlavorAreNotSupported() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        binlog.announce()
        let event = try #require(binlog.events.last).bytes
        var machine = BinlogMachine(
            StreamingStart(SourceOffset(file: "binlog.000001", position: 4), executed: nil),
            options: .init(
                prefersCommitTime: false, includesQuery: false, gtidSources: GTIDSourceFilter(), flavor: .mariaDB))
        #expect(try actions([event], &machine) == [.fail(.unsupported(.gtid))])
    }

    @Test func transactionOfAnotherServerIsReadCompletelyWithAWarning() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true, serverID: 2)
        transaction(&binlog, rows: 1)
        let begin = try #require(binlog.events.first { $0.bytes[4] == EventType.gtid.rawValue })
        let offset = SourceOffset(
            file: begin.file, position: begin.start + Int64(begin.bytes.count), gtids: "", eventCount: 2, rowCount: 1,
            serverID: 1)
        var machine = try machine(after: "", offset)
        #expect(
            try actions(binlog.dump(after: GTIDSet()), &machine)
                == [.warn(.otherTransactionThanStored), .emitRows(skipping: 0)])
    }

    @Test func rolledBackRowsAreAnError() throws {
        var binlog = ScriptedBinlog(usesGTIDs: false)
        binlog.announce()
        binlog.query("BEGIN")
        binlog.insert(into: "t", [[1, 1]])
        binlog.query("ROLLBACK TO `s`")
        var machine = try machine()
        #expect(
            try actions(binlog.dump(file: "binlog.000001", position: 4), &machine).last
                == .fail(.rolledBack(statement: "ROLLBACK TO `s`")))
    }

    @Test func offsetAfterAnAppliedStatementHasItsGTID() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        binlog.statement("ALTER TABLE t ADD COLUMN c INT")
        var machine = try machine(after: "")
        let alter = LoggedStatement("ALTER TABLE t ADD COLUMN c INT")
        #expect(try actions(binlog.dump(after: GTIDSet()), &machine) == [.applyStatement(alter)])
        #expect(machine.takeCheckpoint()?.gtids == binlog.executed)
    }

    // MARK: XA

    /// The next start must also refuse a server that lacks the statement.
    @Test func resumeRequestHasTheGTIDOfTheLastStatement() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        binlog.statement("CREATE TABLE u (id INT)")
        var machine = try machine(after: "")
        _ = try actions(binlog.dump(after: GTIDSet()), &machine) { machine, event in
            if case .query = event.body { machine.didApply(emittedRecords: 1) }
        }
        #expect(machine.resumeRequest.offset.gtids == binlog.executed)
    }

    /// The connection over which the server is queried about it may be lost.
    @Test func statementIsReadAgainUnlessItWasCompleted() throws {
        for statement in ["INSERT INTO u VALUES (1)", "CREATE TABLE u (id INT)"] {
            var binlog = ScriptedBinlog(usesGTIDs: true)
            binlog.statement(statement)
            var machine = try machine(after: "")
            var decoder = BinlogDecoder(hasChecksums: false)
            for bytes in binlog.dump(after: GTIDSet()) {
                let event = try bytes.withUnsafeBytes { try decoder.decodeOne($0) }
                _ = machine.receive(event)
                #expect(machine.resumeRequest.point.gtids?.position == .mySQL(GTIDSet()))
                machine.complete(event)
            }
            #expect(machine.resumeRequest.offset.gtids == binlog.executed)
        }
    }

    /// Servers before 5.7 write no event before BEGIN.
    @Test func rollbackAfterAStatementDoesNotConcernItsRecord() throws {
        var binlog = ScriptedBinlog(usesGTIDs: false)
        for statement in ["CREATE TABLE u (id INT)", "BEGIN", "ROLLBACK"] { binlog.query(statement) }
        var machine = try machine()
        let events = binlog.dump(file: "binlog.000001", position: 4)
        let found = try actions(events, &machine) { machine, event in
            guard case .query(let query) = event.body, query.statement.hasPrefix("CREATE") else { return }
            machine.didApply(emittedRecords: 1)
        }
        #expect(found == [.applyStatement(LoggedStatement("CREATE TABLE u (id INT)"))])
    }

    private func xa(_ binlog: inout ScriptedBinlog, isOnePhase: Bool) {
        binlog.announce()
        binlog.query("XA START \(ScriptedBinlog.xaIdentifier)")
        binlog.insert(into: "t", [[1, 1]])
        binlog.query("XA END \(ScriptedBinlog.xaIdentifier)")
        binlog.prepare(isOnePhase: isOnePhase)
    }

    @Test func rolledBackPreparedTransactionIsReportedWithItsRows() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        xa(&binlog, isOnePhase: false)
        binlog.statement("XA ROLLBACK \(ScriptedBinlog.xaIdentifier)")
        var whole = try machine(after: "")
        #expect(
            try actions(binlog.dump(after: GTIDSet()), &whole, emitting: 3).last
                == .warn(.preparedTransactionRolledBack(identifier: ScriptedBinlog.xaIdentifier, rows: 3)))
        // After a restart in between, the rows are unknown.
        let prepared = "\(ScriptedBinlog.serverText):1-1"
        var later = try machine(after: prepared)
        #expect(
            try actions(binlog.dump(after: try #require(GTIDSet(prepared))), &later)
                == [.warn(.preparedTransactionRolledBack(identifier: ScriptedBinlog.xaIdentifier, rows: nil))])
    }

    @Test func onePhaseCommitIsACommit() throws {
        var binlog = ScriptedBinlog(usesGTIDs: true)
        xa(&binlog, isOnePhase: true)
        // The identifier is reused and rolled back without rows of captured tables.
        binlog.announce()
        binlog.query("XA START \(ScriptedBinlog.xaIdentifier)")
        binlog.query("XA END \(ScriptedBinlog.xaIdentifier)")
        binlog.prepare(isOnePhase: false)
        binlog.statement("XA ROLLBACK \(ScriptedBinlog.xaIdentifier)")
        var machine = try machine(after: "")
        #expect(try actions(binlog.dump(after: GTIDSet()), &machine) == [.emitRows(skipping: 0)])
        #expect(machine.takeCheckpoint() != nil)
    }

    @Test func preparedTransactionsAreBoundedAndTheOldestIsDropped() {
        var prepared = PreparedTransactions(countMax: 3)
        var dropped: [String?] = []
        for number in 0..<3 { dropped.append(prepared.insert("x\(number)", rows: number)) }
        prepared.remove("x0")
        dropped.append(prepared.insert("x3", rows: 3))
        dropped.append(prepared.insert("x4", rows: 4))
        #expect(dropped == [nil, nil, nil, nil, "x1"])
        #expect(prepared.remove("x1") == nil)
        #expect(prepared.remove("x4") == 4)
        // Reusing the same identifiers does not increase the number.
        for _ in 0..<10_000 {
            _ = prepared.insert("y", rows: 1)
            prepared.remove("y")
        }
        #expect(prepared.remove("x2") == 2)
    }
}
