import HTTPWire
import WireCore

/// Requests for credentials: small answers within short times.
enum AWSHTTP {
    private static let responseBytesMax = 1 << 20

    /// - Parameter isLocal: whether the service is next to this host and answers at once, if it exists.
    static func send(_ request: HTTPClientRequest, isLocal: Bool) throws(SASLError) -> HTTPClientResponse {
        var limits = HTTPClientLimits()
        limits.connectTimeoutMilliseconds = isLocal ? 1000 : 10_000
        limits.readTimeoutMilliseconds = isLocal ? 2000 : 20_000
        limits.totalTimeoutMilliseconds = isLocal ? 5000 : 40_000
        limits.bodyBytesMax = responseBytesMax
        do throws(HTTPClientError) {
            return try HTTPClient(limits: limits, userAgent: "KafkaWire").send(request)
        } catch { throw SASLError("\(request.url): \(error)", isRetriable: error.isRetriable) }
    }

    /// The credentials in an answer of the container's endpoint or the instance's.
    static func credentials(in response: HTTPClientResponse, of url: HTTPURL) throws(SASLError) -> AWSCredentials {
        guard response.status == 200 else {
            throw SASLError("\(url) answers with status \(response.status)", isRetriable: response.status >= 500)
        }
        let object = (try? JSONValue.parse(response.body))?.objectValue
        guard let id = object?["AccessKeyId"]?.stringValue, let secret = object?["SecretAccessKey"]?.stringValue else {
            let code = object?["Code"]?.stringValue.map { " (\(SASLError.printable($0)))" } ?? ""
            throw SASLError("\(url) returns no credentials\(code)")
        }
        return try AWSCredentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: object?["Token"]?.stringValue,
            expiration: object?["Expiration"]?.stringValue, origin: "\(url)")
    }
}

extension AWSCredentials {
    /// - Parameter expiration: as AWS writes times.
    init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String?, expiration: String?, origin: String
    ) throws(SASLError) {
        let milliseconds = expiration.map { AWSTime.milliseconds($0) }
        if case .some(nil) = milliseconds { throw SASLError("\(origin) returns an invalid time of expiration") }
        self.init(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
            expiresAtMilliseconds: milliseconds ?? nil)
        // They become parts of headers and signatures.
        guard ([accessKeyID] + secrets).allSatisfy({ text in
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }) else { throw SASLError("\(origin) returns credentials with invalid characters") }
    }
}
