/// Why there is no token. Contains no secret.
package enum OAuthError: Error, Equatable, Sendable, CustomStringConvertible {
    case failed(String, isRetriable: Bool)
    case cancelled

    /// The token endpoint could not be asked.
    package init(_ error: HTTPClientError, endpoint: HTTPURL) {
        if case .cancelled = error {
            self = .cancelled
        } else {
            self = .failed("the token endpoint \(endpoint): \(error)", isRetriable: error.isRetriable)
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .failed(_, let isRetriable): isRetriable
        case .cancelled: false
        }
    }

    package var description: String {
        switch self {
        case .failed(let message, _): message
        case .cancelled: "the request was cancelled"
        }
    }
}
