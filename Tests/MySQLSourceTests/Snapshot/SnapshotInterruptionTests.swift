import MySQLWire
import Testing
import WireStreams

@testable import MySQLSource

@Suite struct SnapshotInterruptionTests {
    private func server(_ code: UInt16) -> MySQLError {
        .server(MySQLServerError(code: code, sqlState: "42000", message: "no"))
    }

    @Test(arguments: [1049, 1054, 1146, 1412, 1932] as [UInt16])
    func aTableThatChangedBeforeItsRowsWereReadInterrupts(code: UInt16) {
        #expect(SnapshotInterruption.reason(of: server(code))?.contains("\(code)") == true)
        #expect(SnapshotInterruption.reason(of: SessionError(server(code), isConnecting: false)) != nil)
    }

    @Test func aLostConnectionAndAnotherServerInterrupt() {
        #expect(SnapshotInterruption.reason(of: MySQLError.stream(.closed)) != nil)
        let other = OtherServerError(address: "db:3306", expected: "a", found: "b")
        #expect(SnapshotInterruption.reason(of: other) == "connections to db:3306 lead to different servers: a and b")
    }

    @Test func whatWouldFailAgainDoesNot() {
        #expect(SnapshotInterruption.reason(of: server(1142)) == nil)
        #expect(SnapshotInterruption.reason(of: server(1205)) == nil)
        #expect(SnapshotInterruption.reason(of: ConnectorError("no")) == nil)
    }
}
