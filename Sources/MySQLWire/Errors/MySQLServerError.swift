/// An error that the server sent (ERR_Packet).
public struct MySQLServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The error number, for example 1045 (ER_ACCESS_DENIED_ERROR).
    public let code: UInt16
    /// Five characters. Empty if the server sent none, as before the end of the handshake.
    public let sqlState: String
    /// The server's text, in the server's language.
    public let message: String
    /// Whether no command had succeeded on the connection when the error was received.
    public let isBeforeFirstCommand: Bool

    package init(code: UInt16, sqlState: String, message: String, isBeforeFirstCommand: Bool = false) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.isBeforeFirstCommand = isBeforeFirstCommand
    }

    public var description: String {
        sqlState.isEmpty ? "\(message) (error \(code))" : "\(message) (error \(code), SQLSTATE \(sqlState))"
    }
}
