import HTTPWire
import WireCore
import WireStreams

/// Signature Version 4 of AWS: pure functions of the request, the credentials and the time.
///
/// Source: "AWS Signature Version 4 for API requests" in the user guide of IAM.
struct AWSSignature {
    let credentials: AWSCredentials
    let region: String
    let service: String
    let now: WallTime

    private static let algorithm = "AWS4-HMAC-SHA256"

    /// The query of a GET request for `/` that is valid for `expiresSeconds`: the given parameters and those of the
    /// signature, not encoded, with the signature at the end.
    func presignedQuery(
        host: String, _ parameters: [(name: String, value: String)], expiresSeconds: Int
    ) -> [(name: String, value: String)] {
        var query = parameters + [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
            ("X-Amz-Date", time), ("X-Amz-Expires", "\(expiresSeconds)"), ("X-Amz-SignedHeaders", "host"),
        ]
        if let token = credentials.sessionToken { query.append(("X-Amz-Security-Token", token)) }
        let canonicalRequest = [
            "GET", "/", Self.encoded(query.sorted { $0.name < $1.name }), "host:\(host)\n", "host",
            Self.hexDigest([]),
        ].joined(separator: "\n")
        query.append(("X-Amz-Signature", signature(of: canonicalRequest)))
        return query
    }

    /// The headers that sign a POST request for `/`, beside `Content-Type`, which is signed too.
    func headers(host: String, contentType: String, body: [UInt8]) -> [HTTPRequest.Header] {
        var signed = [("content-type", contentType), ("host", host), ("x-amz-date", time)]
        if let token = credentials.sessionToken { signed.append(("x-amz-security-token", token)) }
        let names = signed.map(\.0).joined(separator: ";")
        let canonicalRequest = [
            "POST", "/", "", signed.map { "\($0.0):\($0.1)\n" }.joined(), names, Self.hexDigest(body),
        ].joined(separator: "\n")
        let authorization = "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature(of: canonicalRequest))"
        // `Host` is set by the client.
        return signed.dropFirst(2).map { HTTPRequest.Header(name: $0.0, value: $0.1) }
            + [HTTPRequest.Header(name: "Authorization", value: authorization)]
    }

    /// A query with its names and values encoded.
    static func encoded(_ query: [(name: String, value: String)]) -> String {
        query.map { PercentEncoding.encodeComponent($0.name) + "=" + PercentEncoding.encodeComponent($0.value) }
            .joined(separator: "&")
    }

    private func signature(of canonicalRequest: String) -> String {
        let text = [Self.algorithm, time, scope, Self.hexDigest(Array(canonicalRequest.utf8))].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
        for part in [day, region, service, "aws4_request"] { key = Digest.hmac(.sha256, key: key, Array(part.utf8)) }
        return HexText.text(Digest.hmac(.sha256, key: key, Array(text.utf8)))
    }

    private static func hexDigest(_ bytes: [UInt8]) -> String { HexText.text(Digest.hash(.sha256, bytes)) }

    private var scope: String { "\(day)/\(region)/\(service)/aws4_request" }
    private var day: String { String(time.prefix(8)) }
    /// For example `20261129T010203Z`.
    private var time: String { AWSTime.basic(now) }
}
