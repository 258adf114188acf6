/// An error response: the HTTP status, which is also the `error_code`, and Connect's text.
struct RESTError: Error, Equatable, Sendable {
    let status: Int
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    static func connectorNotFound(_ name: String) -> RESTError { RESTError(404, "Connector \(name) not found") }
}
