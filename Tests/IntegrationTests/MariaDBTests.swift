import MySQLTestSupport
import MySQLWire
import Testing
import WireStreams

@testable import BinlogSource

@Suite(.serialized, .enabled(if: RealServers.mariadb != nil, "CDCD_TEST_MARIADB names no MariaDB server"))
struct MariaDBTests {
    private func options(_ user: String = "root", _ password: String = "") throws -> MySQLConfiguration {
        MySQLConfiguration(address: try #require(RealServers.mariadb), user: user, password: password)
    }

    @Test(arguments: [MySQLConfiguration.TLSMode.disabled, .preferred])
    func mysqlNativePasswordIsAccepted(tls: MySQLConfiguration.TLSMode) throws {
        let root = try MySQLConnection.connect(try options())
        #expect(root.isMariaDB)
        try root.execute("CREATE OR REPLACE USER wire_native IDENTIFIED BY 'secret'")
        root.close()
        var account = try options("wire_native", "secret")
        account.tlsMode = tls
        let connection = try MySQLConnection.connect(account)
        #expect(try connection.queryText("SELECT CURRENT_USER()").scalar == "wire_native@%")
        connection.close()
        account.password = "wrong"
        do {
            _ = try MySQLConnection.connect(account)
            Issue.record("connected with a wrong password")
        } catch MySQLError.server(let error) { #expect(error.code == 1045) }
    }

    @Test func transactionsBeginWithMariaDBsGTID() throws {
        let connection = try MySQLConnection.connect(try options())
        try connection.execute("CREATE DATABASE IF NOT EXISTS wire_maria")
        let status = try connection.queryText("SHOW MASTER STATUS")
        let file = try #require(status.column("File").first ?? nil)
        let position = try #require(UInt64(status.column("Position").first.flatMap { $0 } ?? ""))
        try connection.execute("CREATE OR REPLACE TABLE wire_maria.t (i int, j inet6)")
        try connection.execute("INSERT INTO wire_maria.t VALUES (7, '1::')")
        let stream = try ReplicationStream(
            connection, serverID: 77_022, start: .position(file: file, position: position), heartbeatMilliseconds: 100,
            silenceMilliseconds: 5000)
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        var seen: [String] = []
        while seen.last != "xid" {
            switch try decoder.decodeOne(try stream.next()).body {
            case .mariaDBGTID(let gtid): seen.append(gtid.isStandalone ? "gtid of a statement" : "gtid")
            case .query: seen.append("query")
            case .tableMap: seen.append("map")
            case .rows(let rows):
                let map = try #require(decoder.tableMap(rows.tableID))
                var (images, image) = (rows.makeRows(), RowImage())
                try images.next(into: &image, columns: map.columns)
                #expect(image[0].map(Array.init) == [7, 0, 0, 0])
                seen.append("rows")
            case .xid: seen.append("xid")
            default: break
            }
        }
        #expect(seen == ["gtid of a statement", "query", "gtid", "map", "rows", "xid"])
        stream.canceller.cancel()
    }

    /// After a new connection it continues with the next transaction: no row is lost or repeated.
    @Test func binlogMachineFollowsGTIDs() throws {
        let writer = try MySQLConnection.connect(try options())
        defer { writer.close() }
        try writer.execute("CREATE DATABASE IF NOT EXISTS wire_maria")
        try writer.execute("CREATE OR REPLACE TABLE wire_maria.followed (i tinyint)")
        var machine = BinlogMachine(
            StreamingStart(SourceOffset(file: "", position: 4), executed: try executed(writer)),
            options: .init(
                prefersCommitTime: false, includesQuery: false, gtidSources: GTIDSourceFilter(), flavor: .mariaDB))
        for values in [[1, 2], [3, 4]] as [[UInt8]] {
            for value in values { try writer.execute("INSERT INTO wire_maria.followed VALUES (\(value))") }
            #expect(try rows(transactions: 2, &machine) == values)
            #expect(machine.resumeRequest.point.gtids?.position == (try executed(writer)))
            machine.reconnect()
        }
    }

    private func executed(_ connection: MySQLConnection) throws -> GTIDPosition {
        let text = try #require(try connection.queryText("SELECT @@gtid_binlog_pos").scalar)
        return .mariaDB(try #require(MariaDBGTIDList(text)))
    }

    /// Reads with a connection of its own, from the machine's position on.
    ///
    /// - Returns: the first byte of each inserted row.
    private func rows(transactions: Int, _ machine: inout BinlogMachine) throws -> [UInt8] {
        let position = try #require(machine.resumeRequest.point.gtids?.position)
        let stream = try ReplicationStream(
            try MySQLConnection.connect(try options()), serverID: 77_023, start: .gtids(position),
            heartbeatMilliseconds: 100, silenceMilliseconds: 5000)
        defer { stream.close() }
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        var values: [UInt8] = []
        var commits = 0
        while commits < transactions {
            let event = try decoder.decodeOne(try stream.next())
            switch machine.receive(event) {
            case .emitRows(let skippedRows):
                guard case .rows(let rows) = event.body else { break }
                let map = try #require(decoder.tableMap(rows.tableID))
                var (images, image) = (rows.makeRows(), RowImage())
                try images.next(into: &image, columns: map.columns)
                values.append(try #require(image[0]?.first))
                machine.didEmitRows(1, of: 1, skipping: skippedRows)
            case .none, .advanceOffsetIfIdle: break
            case let action: Issue.record("\(action)")
            }
            machine.complete(event)
            if case .xid = event.body { commits += 1 }
        }
        return values
    }
}
