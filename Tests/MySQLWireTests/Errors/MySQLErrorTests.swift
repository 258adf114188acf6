import MySQLWire
import Testing
import WireCore
import WireStreams

@Suite struct MySQLErrorTests {
    private static func server(_ code: UInt16, isBeforeFirstCommand: Bool = false) -> MySQLError {
        .server(
            MySQLServerError(code: code, sqlState: "HY000", message: "", isBeforeFirstCommand: isBeforeFirstCommand))
    }

    @Test(arguments: [
        .stream(.closed), .stream(.timedOut(milliseconds: 1)), .stream(.system(errno: 104, operation: "receive")),
        .stream(.unresolvable(host: "db", reason: "unknown")),
    ] as [MySQLError])
    func connectionFailuresAreRetriable(error: MySQLError) { #expect(error.isRetriable) }

    @Test(arguments: [
        .stream(.cancelled), .stream(.tls("certificate has expired")), 
        .authentication(MySQLAuthenticationError(.clearTextPasswordWithoutTLS, user: "u", isMariaDB: false)),
        .unsupported(.tlsNotOffered), .resultSetOpen,
        .malformed(MySQLProtocolError("x", WireError(.varintTooLong, at: 0))),
    ] as [MySQLError])
    func permanentErrorsAreNotRetriable(error: MySQLError) { #expect(!error.isRetriable) }

    /// MySQL Router without a primary, limits, ProxySQL, an unknown code.
    @Test(arguments: [2003, 1226, 1129, 9001, 1040, 1053, 1043, 1203, 3032, 3955, 65_535] as [UInt16])
    func mostErrorsBeforeTheFirstCommandAreRetriable(code: UInt16) {
        #expect(Self.server(code, isBeforeFirstCommand: true).isRetriable)
    }

    @Test(arguments: [1044, 1045, 1049, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 3159] as [UInt16])
    func accountErrorsAreNeverRetriable(code: UInt16) {
        #expect(!Self.server(code, isBeforeFirstCommand: true).isRetriable)
        #expect(!Self.server(code).isRetriable)
    }

    @Test(arguments: [
        1040, 1053, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1317, 1927, 2002, 2003, 2006, 2013, 3032, 3168, 3169,
        4031, 9001,
    ] as [UInt16])
    func connectionErrorsAfterTheFirstCommandAreRetriable(code: UInt16) { #expect(Self.server(code).isRetriable) }

    @Test(arguments: [1064, 1146, 1129, 1236, 1142, 1227, 1290, 1193, 65_535] as [UInt16])
    func statementErrorsAreNotRetriable(code: UInt16) { #expect(!Self.server(code).isRetriable) }
}
