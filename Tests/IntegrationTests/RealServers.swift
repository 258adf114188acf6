import Foundation
import WireStreams

/// The servers that the tests may use, from environment variables of the form `host:port`.
enum RealServers {
    static let mysql = address("CDCD_TEST_MYSQL")
    /// A second server with GTIDs, whose binlog and GTIDs the tests reset.
    static let otherMySQL = address("CDCD_TEST_MYSQL_OTHER")
    /// One that was started with `--skip-log-bin`.
    static let mysqlWithoutBinlog = address("CDCD_TEST_MYSQL_NO_BINLOG")
    static let mariadb = address("CDCD_TEST_MARIADB")
    static let kafka = address("CDCD_TEST_KAFKA")
    /// A Kafka Connect worker; nothing in it is changed.
    static let connect = address("CDCD_TEST_CONNECT")
    /// A schema registry with Confluent's API, at `registryPath`.
    static let registry = address("CDCD_TEST_REGISTRY")
    static let registryPath = ProcessInfo.processInfo.environment["CDCD_TEST_REGISTRY_PATH"]
    /// Whether that MySQL server uses the certificates of `Fixtures/tls`.
    static let showsOurCertificates =
        mysql != nil && ProcessInfo.processInfo.environment["CDCD_TEST_MYSQL_TLS"] == "1"

    private static func address(_ variable: String) -> SocketAddress? {
        ProcessInfo.processInfo.environment[variable].flatMap { SocketAddress($0) }
    }
}
