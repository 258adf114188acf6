import BinlogSource
import ConnectData
import ConnectPlugins
import DebeziumPlugins

/// All plugins of this program.
enum Plugins {
    static let registry = PluginRegistry(
        [MySQLSourceConnector.plugin { location, report in try KafkaHistoryLog(location, report: report) }]
            + KafkaClasses.plugins + DebeziumClasses.plugins,
        javaClasses: KafkaClasses.javaClasses, DebeziumClasses.javaClasses)
}
