import MySQLWire

/// Identifies the server of a connection: one host name (a virtual address, a proxy, a name with several addresses) may
/// lead to several servers.
enum ServerIdentity {
    /// The server's `server_uuid`; nil for servers without one (before MySQL 5.6).
    static func uuid(_ connection: MySQLConnection) throws(MySQLError) -> String? {
        do throws(MySQLError) {
            return try connection.queryText("SELECT @@GLOBAL.server_uuid").scalar
        } catch {
            // Unknown system variable.
            guard case .server(let answer) = error, answer.code == 1193 else { throw error }
            return nil
        }
    }
}

/// Connections that must lead to one server lead to several.
struct ServerMismatchError: Error, Hashable, CustomStringConvertible {
    let address: String
    /// `server_uuid`s.
    let expected: String
    let found: String?

    var description: String {
        "connections to \(address) lead to different servers: \(expected) and \(found ?? "one without server_uuid")"
    }

    /// The error if further attempts found different servers too.
    var failure: ConnectorError {
        ConnectorError(
            "The connector needs several connections to one server, and \(address) leads to several", cause: description,
            remedy: "Name one server in database.hostname, or a virtual address or proxy that leads all connections to the "
                + "same one.")
    }
}
