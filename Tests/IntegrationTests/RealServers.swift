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
    /// The certificate authority of that broker, if it is one of `peers`: the three ports after its plaintext port are
    /// its listeners for SSL, SASL_PLAINTEXT and SASL_SSL, with the user cdcd.
    static let kafkaAuthority = kafka == nil ? nil : peersFile("tls/ca.pem")
    /// A client's certificate with its key, signed by this authority.
    static let kafkaClientIdentity = kafka == nil ? nil : peersFile("tls/client.pem")
    /// A broker of peers with `connections.max.reauth.ms=3000`, required client certificates, and OAUTHBEARER: without
    /// signatures on its listener for SASL_PLAINTEXT, with the keys of `Fixtures/tls/rsa-key.jwks.json` and the
    /// audience cdcd on that for SASL_SSL.
    static let kafkaWithSessions = address("CDCD_TEST_KAFKA_SESSIONS")
    /// A Kafka Connect worker; nothing in it is changed.
    static let connect = address("CDCD_TEST_CONNECT")
    /// A schema registry with Confluent's API, at `registryPath`.
    static let registry = address("CDCD_TEST_REGISTRY")
    static let registryPath = ProcessInfo.processInfo.environment["CDCD_TEST_REGISTRY_PATH"]
    /// Whether that MySQL server uses the certificates of `Fixtures/tls`.
    static let showsOurCertificates =
        mysql != nil && ProcessInfo.processInfo.environment["CDCD_TEST_MYSQL_TLS"] == "1"

    private static func peersFile(_ name: String) -> String? {
        let folder = ProcessInfo.processInfo.environment["PEERS_STATE"] ?? "/tmp/cdcd-peers"
        let path = "\(folder)/\(name)"
        return FileManager.default.isReadableFile(atPath: path) ? path : nil
    }

    private static func address(_ variable: String) -> SocketAddress? {
        ProcessInfo.processInfo.environment[variable].flatMap { SocketAddress($0) }
    }
}
