/// A feature that an operation needs and that the server does not offer or this library does not implement.
@nonexhaustive
public enum MySQLUnsupportedFeature: Equatable, Sendable, CustomStringConvertible {
    /// The configuration requires TLS, and the server does not offer it.
    case tlsNotOffered
    /// The server has neither protocol 4.1 nor pluggable authentication (before MySQL 5.5).
    case serverVersion(String)
    /// A binlog position beyond 4 GiB: `COM_BINLOG_DUMP` has 32 bits for it.
    case binlogPosition(file: String, position: UInt64)

    /// A statement (a CALL) returned several result sets.
    case severalResultSets
    /// The server writes no binlog (`--skip-log-bin`).
    case binlogDisabled
    /// An event of the binlog that concerns row data and cannot be decoded; `reason` names it.
    case binlogEvent(reason: String)
    /// A table with a column type that cannot be decoded.
    case columnType(table: String, reason: String)
    /// Row events without all columns: `binlog_row_image` is not FULL.
    case partialRowImages(table: String)

    public var description: String {
        switch self {
        case .tlsNotOffered: "TLS is required, but the server does not offer it"
        case .serverVersion(let version):
            "the server version \(version) is not supported: it lacks protocol 4.1 or pluggable authentication"
        case .binlogPosition(let file, let position):
            "the position \(position) in \(file) is beyond 4 GiB, which COM_BINLOG_DUMP cannot request"
        case .severalResultSets: "the statement returned several result sets, which is not supported"
        case .binlogDisabled: "the server writes no binlog"
        case .binlogEvent(let reason): "unsupported event in the binlog: \(reason)"
        case .columnType(let table, let reason): "rows of \(table) cannot be decoded: \(reason)"
        case .partialRowImages(let table):
            "row events of \(table) lack columns (binlog_row_image is not FULL), which is not supported"
        }
    }
}
