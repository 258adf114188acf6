/// A credential with a limited lifetime.
protocol ExpiringCredential: Sendable, Equatable {
    /// In milliseconds since the epoch; nil if it is not known.
    var issuedAtMilliseconds: Int64? { get }
    /// In milliseconds since the epoch; nil: never.
    var endMilliseconds: Int64? { get }
}

extension OAuthBearerToken: ExpiringCredential {
    var endMilliseconds: Int64? { expiresAtMilliseconds }
}

extension AWSCredentials: ExpiringCredential {
    var issuedAtMilliseconds: Int64? { nil }
    var endMilliseconds: Int64? { expiresAtMilliseconds }
}
