import MySQLWire
import Testing
import WireCore
import WireStreams

@Suite struct MySQLErrorTests {
    @Test(arguments: [
        .stream(.closed), .stream(.timedOut(milliseconds: 1)), .stream(.system(errno: 104, operation: "receive")),
        .stream(.unresolvable(host: "db", reason: "unknown")),
        .server(MySQLServerError(code: 1053, sqlState: "08S01", message: "Server shutdown in progress")),
    ] as [MySQLError])
    func whatANewConnectionMayMendIsALoss(error: MySQLError) { #expect(error.isConnectionLoss) }

    @Test(arguments: [
        .stream(.cancelled), .stream(.tls("certificate has expired")), .authentication("no"), .unsupported("no"),
        .server(MySQLServerError(code: 1045, sqlState: "28000", message: "Access denied")),
        .malformed(MySQLProtocolError("x", WireError(.varintTooLong, at: 0))),
    ] as [MySQLError])
    func whatWouldFailAgainIsNone(error: MySQLError) { #expect(!error.isConnectionLoss) }
}
