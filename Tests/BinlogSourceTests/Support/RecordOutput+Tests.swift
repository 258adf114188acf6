import ConnectData
import WireCore

@testable import BinlogSource

extension RecordOutput {
    /// The output of task 0 of a run, for records whose time does not matter unless a clock is given.
    convenience init(
        _ configuration: MySQLConnectorConfig, to sink: any RecordSink, clock: @escaping () -> Int64 = { 0 }
    ) {
        self.init(configuration: configuration, taskID: 0, runID: "run", sink: sink, clock: clock)
    }
}
