import Foundation
import MySQLTestSupport
import MySQLWire
import Testing
import WireStreams
import WireTestSupport

/// TLS with a server that uses the certificates of `Fixtures/tls`, as `scripts/test` starts it.
@Suite(
    .serialized,
    .enabled(if: RealServers.showsOurCertificates, "CDCD_TEST_MYSQL_TLS is not set: no server with our certificates"))
struct MySQLTLSTests {
    private func store(_ file: String, password: String? = "secret") throws -> TLSConfiguration.Store {
        try .detecting(path: Fixtures.folder.appending(path: "tls/\(file)").path, password: password)
    }

    private func options(
        _ mode: MySQLConfiguration.TLSMode, host: String = "127.0.0.1", trust: String? = nil, user: String = "root",
        password: String = ""
    ) throws -> MySQLConfiguration {
        let address = try #require(RealServers.mysql)
        var options = MySQLConfiguration(
            address: SocketAddress(host: host, port: address.port), user: user, password: password)
        options.tlsMode = mode
        options.trust = try trust.map { try store($0) }
        return options
    }

    private func cipher(_ options: MySQLConfiguration) throws -> String {
        let connection = try MySQLConnection.connect(options)
        defer { connection.close() }
        #expect(connection.isEncrypted)
        return try connection.queryText("SHOW SESSION STATUS LIKE 'Ssl_cipher'").rows.first?.last.flatMap { $0 } ?? ""
    }

    @Test(arguments: ["ca.pem", "trust.jks", "trust.p12"])
    func trustStoresOfEveryFormatVerifyTheServer(file: String) throws {
        #expect(try !cipher(options(.verifyAuthority, trust: file)).isEmpty)
        #expect(try !cipher(options(.verifyIdentity, host: "localhost", trust: file)).isEmpty)
        #expect(try !cipher(options(.verifyIdentity, host: "127.0.0.1", trust: file)).isEmpty)
    }

    @Test func otherAuthorityIsRefusedUnlessVerificationIsOff() throws {
        #expect(throws: MySQLError.self) { try cipher(options(.verifyAuthority, trust: "other-ca.pem")) }
        #expect(throws: MySQLError.self) { try cipher(options(.verifyIdentity)) }
        #expect(try !cipher(options(.required)).isEmpty)
        #expect(try !cipher(options(.preferred)).isEmpty)
    }

    @Test func clientCertificateIsSentIfTheAccountRequiresOne() throws {
        let root = try MySQLConnection.connect(try options(.preferred))
        try root.execute("DROP USER IF EXISTS wire_x509")
        try root.execute("CREATE USER wire_x509 IDENTIFIED BY 'secret' REQUIRE X509")
        root.close()
        var wanted = try options(.verifyAuthority, trust: "ca.pem", user: "wire_x509", password: "secret")
        #expect(throws: MySQLError.self) { try cipher(wanted) }
        for file in ["client.p12", "client.pem", "client.jks"] {
            wanted.identity = try store(file)
            #expect(try !cipher(wanted).isEmpty)
        }
    }

    @Test func binlogIsStreamedOverTLS() throws {
        let connection = try MySQLConnection.connect(try options(.verifyIdentity, trust: "trust.jks"))
        let status = try connection.queryText("SHOW BINARY LOG STATUS")
        let file = try #require(status.column("File").first ?? nil)
        let stream = try ReplicationStream(
            connection, serverID: 77_020, start: .position(file: file, position: 4), heartbeatMilliseconds: 100,
            silenceMilliseconds: 5000)
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        while true {
            if case .formatDescription(let format) = try decoder.decodeOne(try stream.next()).body {
                #expect(format.hasChecksums)
                break
            }
        }
        stream.canceller.cancel()
    }
}
