import ConnectData
import DebeziumPlugins
import PluginTestSupport
import Testing

@testable import BinlogSource

@Suite struct SnapshotZoneTests {
    /// SHOW CREATE TABLE renders TIMESTAMP defaults in the session's time zone: definitions that are compared must be
    /// read in the same zone, and rows are read in UTC.
    @Test func definitionsAreReadInServerTimeZoneAndRowsInUTC() throws {
        var properties = PropertyEffect.base(.v36)
        properties["snapshot.locking.mode"] = "minimal"
        let run = try TaskRun(properties)
        #expect(run.failure == nil)
        var (isUTC, definitionCount, rowCount) = (false, 0, 0)
        for statement in run.server.statements.map(\.text) {
            if statement.contains("time_zone = '+00:00'") {
                isUTC = true
            } else if statement.contains("time_zone = @cdcd_time_zone") {
                isUTC = false
            } else if statement.hasPrefix("SHOW CREATE TABLE") {
                definitionCount += 1
                #expect(!isUTC)
            } else if statement.hasPrefix("SELECT `id`") {
                rowCount += 1
                #expect(isUTC)
            }
        }
        // Each table's definition is read again before its rows.
        #expect(rowCount > 0)
        #expect(definitionCount >= 2 * rowCount)
    }
}
