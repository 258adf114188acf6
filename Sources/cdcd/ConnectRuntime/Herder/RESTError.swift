/// An answer other than the one asked for: the HTTP status, which is also the `error_code`, and Connect's text.
struct RESTError: Error, Equatable, Sendable {
    let status: Int
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    /// In the words with which Connect answers while no member leads the group; clients try again.
    static func outsideGroup(_ reason: String) -> RESTError {
        RESTError(
            409, "Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway. \(reason).")
    }

    static func connectorNotFound(_ name: String) -> RESTError { RESTError(404, "Connector \(name) not found") }
}
