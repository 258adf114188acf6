import BinlogSource
import ConnectData

/// The connectors that this program runs, wired to Kafka.
enum ConnectorCatalog {
    static func connectors() -> [any SourceConnector] {
        [MySQLSourceConnector(openHistoryLog: { location, report in try KafkaHistoryLog(location, report: report) })]
    }
}
