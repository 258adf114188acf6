/// An ERR packet: the server's own words.
public struct MySQLServerError: Error, Equatable, Sendable, CustomStringConvertible {
    public let code: UInt16
    /// Five characters; empty where the server gave none (before the handshake is done).
    public let sqlState: String
    public let message: String
    /// Whether no command of the connection had succeeded when the error came.
    public let isBeforeFirstCommand: Bool

    public init(code: UInt16, sqlState: String, message: String, isBeforeFirstCommand: Bool = false) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.isBeforeFirstCommand = isBeforeFirstCommand
    }

    public var description: String {
        sqlState.isEmpty ? "\(message) (error \(code))" : "\(message) (error \(code), SQLSTATE \(sqlState))"
    }
}
