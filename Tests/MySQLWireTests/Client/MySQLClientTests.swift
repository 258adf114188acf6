import Synchronization
import Testing
import WireTestSupport

@testable import MySQLWire

@Suite(.ownThreads, .timeLimit(.minutes(1))) struct MySQLClientTests {
    typealias Step = ScriptedServer.Step

    private static func packet(_ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [UInt8(payload.count & 0xFF), UInt8(payload.count >> 8), 0, sequence] + payload
    }

    private static func ok(_ sequence: UInt8, affected: UInt8 = 0, insertID: UInt8 = 0) -> [UInt8] {
        packet(sequence, [0, affected, insertID, 2, 0, 1, 0])
    }

    /// A server without TLS that accepts root without a password.
    private static func login() throws -> [Step] {
        var payload = try messages(
            of: Conversation("mysql/9.7.4/handshake/empty-password").fromServer, fed: .whole, to: CapturedPackets())[0]
        let zero = try #require(payload.firstIndex(of: 0))
        payload[zero + 1 + 4 + 8 + 1 + 1] &= ~0x08
        return [.send(packet(0, payload)), .receiveSome, .send(ok(2))]
    }

    /// Two rows of an INT column `n`: 1 and NULL.
    private static let result = result(rows: [[1, 0x31], [0xFB]])

    private static func result(rows: [[UInt8]]) -> [UInt8] {
        let lengthEncoded = ["def", "s", "t", "t", "n", "n"].flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        let column = lengthEncoded + [0x0C, 63, 0, 11, 0, 0, 0, 3, 0, 0, 0, 0, 0]
        let packets = [[1], column] + rows + [[0xFE, 0, 0, 2, 0, 0, 0]]
        return packets.enumerated().flatMap { packet(UInt8(truncatingIfNeeded: $0.offset + 1), $0.element) }
    }

    private static func configuration(_ server: ScriptedServer) -> MySQLConfiguration {
        var configuration = MySQLConfiguration(address: server.address, user: "root")
        configuration.connectTimeoutMilliseconds = 5000
        configuration.readTimeoutMilliseconds = 5000
        return configuration
    }

    @Test func rowsAreAnAsyncSequenceOfTypedValues() async throws {
        let server = try ScriptedServer([try Self.login() + [.receiveSome, .send(Self.result)]])
        let client = try await MySQLClient.connect(Self.configuration(server))
        var values: [Int?] = []
        for try await row in try await client.query("SELECT n FROM t") { values.append(try row.get("n")) }
        #expect(values == [1, nil])
        await client.close()
    }

    @Test func conversionErrorsNameTheColumn() async throws {
        let server = try ScriptedServer([try Self.login() + [.receiveSome, .send(Self.result)]])
        let client = try await MySQLClient.connect(Self.configuration(server))
        let rows = try await client.query("SELECT n FROM t").collect()
        #expect(throws: MySQLError.conversion(MySQLConversionError(reason: .null, column: "n"))) {
            try rows[1].get("n", as: Int.self)
        }
        #expect(throws: MySQLError.conversion(MySQLConversionError(reason: .noSuchColumn, column: "m"))) {
            try rows[0]["m"]
        }
        await client.close()
    }

    @Test func executeReturnsAffectedRowsAndInsertID() async throws {
        let server = try ScriptedServer([
            try Self.login() + [.receiveSome, .send(Self.ok(1, affected: 3, insertID: 42))],
        ])
        let client = try await MySQLClient.connect(Self.configuration(server))
        let result = try await client.execute("INSERT INTO t VALUES (1), (2), (3)")
        #expect(result.affectedRows == 3 && result.lastInsertID == 42 && result.warningCount == 1)
        await client.close()
    }

    @Test func statementDuringAResultIsRejectedAndAbandonedResultsAreDiscarded() async throws {
        // More than one batch.
        let rows = Array(repeating: [1, 0x31] as [UInt8], count: RowBatch.rowsMax + 1)
        let server = try ScriptedServer([
            try Self.login() + [.receiveSome, .send(Self.result(rows: rows)), .receiveSome, .send(Self.ok(1))],
        ])
        let client = try await MySQLClient.connect(Self.configuration(server))
        let sequence = try await client.query("SELECT n FROM t")
        do {
            var iterator = sequence.makeAsyncIterator()
            _ = try await iterator.next()
            await #expect(throws: MySQLError.resultSetOpen) { try await client.execute("DO 1") }
            withExtendedLifetime(iterator) {}
        }
        try await client.execute("DO 1")
        var late = sequence.makeAsyncIterator()
        await #expect(throws: MySQLError.resultSetClosed) { try await late.next() }
        await client.close()
    }

    @Test func throwingTransactionIsRolledBack() async throws {
        struct Failure: Error {}
        func command(_ sql: String) -> [Step] { [.expect(Self.packet(0, [3] + Array(sql.utf8))), .send(Self.ok(1))] }
        let server = try ScriptedServer([try Self.login() + command("START TRANSACTION") + command("ROLLBACK")])
        let client = try await MySQLClient.connect(Self.configuration(server))
        await #expect(throws: Failure.self) { try await client.withTransaction { _ in throw Failure() } }
        #expect(server.awaitEnd() && server.unexpected.isEmpty, "\(server.unexpected)")
    }

    @Test func cancellationClosesTheConnection() async throws {
        let server = try ScriptedServer([try Self.login() + [.receiveSome, .awaitClose]])
        let client = try await MySQLClient.connect(Self.configuration(server))
        let task = ThreadExecutor.start { try await client.execute("SELECT SLEEP(100)") }
        task.cancel()
        await #expect(throws: MySQLError.stream(.cancelled)) { _ = try await task.value }
        await #expect(throws: MySQLError.stream(.cancelled)) { try await client.execute("DO 1") }
        #expect(server.awaitEnd())
    }

    @Test func eventsReportConnectionsAndQueries() async throws {
        let server = try ScriptedServer([try Self.login() + [.receiveSome, .send(Self.result)]])
        let log = Mutex<[String]>([])
        let client = try await MySQLClient.connect(Self.configuration(server)) { event in
            let line =
                switch event {
                case .opened: "opened"
                case .failed: "failed"
                case .closed(_, let traffic): "closed \(traffic.receivedPackets)"
                case .queryStarted(_, let statement): "started \(statement)"
                case .queryFinished(_, _, let statistics, let error):
                    "finished \(statistics.rows) \(statistics.traffic.receivedPackets) \(error == nil)"
                case .heartbeat: "heartbeat"
                }
            log.withLock { $0.append(line) }
        }
        _ = try await client.query("SELECT n FROM t").collect()
        await client.close()
        #expect(log.withLock { $0 } == ["opened", "started SELECT n FROM t", "finished 2 5 true", "closed 7"])
    }
}
