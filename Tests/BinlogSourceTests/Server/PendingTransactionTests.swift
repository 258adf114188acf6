import ConnectData
import DebeziumPlugins
import PluginTestSupport
import Testing
import WireCore

@testable import BinlogSource

@Suite struct PendingTransactionTests {
    /// The stored offset has a transaction that the server is still committing.
    @Test func waitingForATransactionIsReportedOnce() throws {
        let source = "ada43d10-0000-0000-0000-000000000001"
        let run = try TaskRun(
            PropertyEffect.base(.v36),
            offset: ["file": .string("binlog.000001"), "pos": .integer(4), "gtids": .string("\(source):1-5")],
            recorded: [[]],
            variables: ["gtid_mode": "ON", "gtid_executed": "\(source):1-4", "gtid_owned": "\(source):5#17"],
            limitMilliseconds: 500)
        #expect(run.conditions == [
            .interrupted(reason: "the server has not committed \(source):5 yet, which were delivered")
        ])
        #expect(run.server.quits.count > 1)
    }
}
