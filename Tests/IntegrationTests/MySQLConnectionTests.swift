import MySQLWire
import Testing
import WireStreams

@Suite(.serialized, .enabled(if: RealServers.mysql != nil, "CDCD_TEST_MYSQL names no MySQL server"))
struct MySQLConnectionTests {
    private func options(
        _ user: String = "root", _ password: String = "", tls: MySQLConfiguration.TLSMode = .preferred
    ) throws -> MySQLConfiguration {
        var options = MySQLConfiguration(address: try #require(RealServers.mysql), user: user, password: password)
        options.tlsMode = tls
        return options
    }

    private func createUser(_ name: String) throws {
        let root = try MySQLConnection.connect(try options())
        try root.execute("DROP USER IF EXISTS \(name)")
        try root.execute("CREATE USER \(name) IDENTIFIED WITH caching_sha2_password BY 'secret'")
        root.close()
    }

    @Test func everyPathOfCachingSHA2IsAccepted() throws {
        try createUser("wire_sha2")
        // The first login is a full authentication, the second a fast one from the server's cache.
        for _ in 0..<2 {
            let connection = try MySQLConnection.connect(try options("wire_sha2", "secret", tls: .required))
            #expect(connection.isEncrypted)
            #expect(try connection.queryText("SELECT CURRENT_USER()").scalar == "wire_sha2@%")
            connection.close()
        }
        try createUser("wire_sha2")
        var open = try options("wire_sha2", "secret", tls: .disabled)
        #expect(throws: MySQLError.self) { try MySQLConnection.connect(open) }
        open.allowPublicKeyRetrieval = true
        let connection = try MySQLConnection.connect(open)
        #expect(!connection.isEncrypted)
        connection.close()
    }

    @Test func wrongPasswordIsAServerError() throws {
        try createUser("wire_wrong")
        do {
            _ = try MySQLConnection.connect(try options("wire_wrong", "guess", tls: .required))
            Issue.record("connected with a wrong password")
        } catch MySQLError.server(let error) {
            #expect(error.code == 1045)
        }
    }

    @Test func untrustedCertificateIsRefused() throws {
        do {
            _ = try MySQLConnection.connect(try options(tls: .verifyAuthority))
            Issue.record("accepted a certificate of an authority that the system does not trust")
        } catch MySQLError.stream(.tls(let reason)) {
            #expect(reason.contains("certificate"))
        }
    }

    @Test func authenticationSwitchesToOtherPlugins() throws {
        let root = try MySQLConnection.connect(try options())
        try root.execute("DROP USER IF EXISTS wire_sha256")
        try root.execute("CREATE USER wire_sha256 IDENTIFIED WITH sha256_password BY 'secret'")
        root.close()
        for tls in [MySQLConfiguration.TLSMode.disabled, .required] {
            var account = try options("wire_sha256", "secret", tls: tls)
            account.allowPublicKeyRetrieval = true
            let connection = try MySQLConnection.connect(account)
            #expect(try connection.queryText("SELECT CURRENT_USER()").scalar == "wire_sha256@%")
            connection.close()
        }
    }

    @Test func rowsLargerThanOnePacketAreComplete() throws {
        let connection = try MySQLConnection.connect(try options())
        try connection.execute("SET GLOBAL max_allowed_packet = 67108864")
        connection.close()
        let larger = try MySQLConnection.connect(try options())
        for length in [16_777_210, 16_777_215, 33_554_431] {
            #expect(try larger.queryText("SELECT REPEAT('x', \(length))").scalar?.utf8.count == length)
        }
        larger.close()
    }

    @Test func nullsAndEmptyStringsAreDistinguished() throws {
        let connection = try MySQLConnection.connect(try options())
        let result = try connection.queryText("SELECT NULL AS a, '' AS b, 'ü' AS c UNION ALL SELECT 1, 2, 3")
        #expect(result.columnNames == ["a", "b", "c"])
        #expect(result.rows == [[nil, "", "ü"], ["1", "2", "3"]])
        #expect(throws: MySQLError.self) { try connection.queryText("SELECT nonsense") }
        #expect(try connection.queryText("SELECT 1").scalar == "1")
        connection.close()
    }

    @Test func idleServerSendsHeartbeatsAndASilentOneTimesOut() throws {
        let status = try MySQLConnection.connect(try options()).queryText("SHOW BINARY LOG STATUS")
        let file = try #require(status.column("File").first ?? nil)
        let position = try #require(UInt64(status.column("Position").first.flatMap { $0 } ?? ""))
        let stream = try ReplicationStream(
            try MySQLConnection.connect(try options()), serverID: 77001,
            start: .position(file: file, position: position), heartbeatMilliseconds: 100, silenceMilliseconds: 2000)
        // Every stream begins with rotate (4) and format description (15); 27 and 41 are heartbeats.
        var types: [UInt8] = []
        while types.count < 4 { types.append(try stream.next()[4]) }
        #expect(types.prefix(2) == [4, 15])
        #expect(types.contains { $0 == 27 || $0 == 41 })
        let deaf = try ReplicationStream(
            try MySQLConnection.connect(try options()), serverID: 77002,
            start: .position(file: file, position: position), heartbeatMilliseconds: 60_000, silenceMilliseconds: 200)
        #expect(throws: MySQLError.stream(.timedOut(milliseconds: 200))) {
            for _ in 0..<1000 { _ = try deaf.next() }
        }
    }

    @Test func purgedPositionsAreRefusedByTheServer() throws {
        let stream = try ReplicationStream(
            try MySQLConnection.connect(try options()), serverID: 77003,
            start: .position(file: "binlog.999999", position: 4), heartbeatMilliseconds: 100, silenceMilliseconds: 2000)
        do {
            while true { _ = try stream.next() }
        } catch MySQLError.server(let error) {
            #expect(error.code == 1236)
        }
    }
}
