import WireCore

/// The answer of a token endpoint (RFC 6749, section 5.1).
package struct OAuthTokenResponse: Equatable, Sendable {
    package let accessToken: Secret
    /// nil: the answer does not say it.
    package let lifetimeSeconds: Int64?

    private static let tokenBytesMax = 64 << 10
    /// The maximum length of the server's own texts in an error.
    private static let textCharactersMax = 200

    /// Reads the answer to `request`. Throws for an error of the endpoint, and for an answer without a token.
    package init(to request: OAuthTokenRequest, status: Int, body: [UInt8]) throws(OAuthError) {
        guard (200...299).contains(status) else {
            let shown = CredentialRedaction(request.httpRequest, others: request.secrets).applied(to: body)
            throw .failed(
                "the token endpoint \(request.endpoint) answers with status \(status)\(Self.reason(in: shown))",
                isRetriable: Self.isRetriable(status))
        }
        let object = (try? JSONValue.parse(body))?.objectValue
        // Some providers issue an id_token alone, which Kafka's clients accept too.
        let text = ["access_token", "id_token"].lazy.compactMap { object?[$0]?.stringValue }
            .map { Self.trimmed($0) }.first { !$0.isEmpty }
        guard let text, text.utf8.count <= Self.tokenBytesMax, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .failed(
                "the token endpoint \(request.endpoint) returns no usable access_token", isRetriable: false)
        }
        accessToken = Secret(text)
        lifetimeSeconds = object?["expires_in"]?.integerValue
    }

    private static func trimmed(_ text: String) -> String {
        var view = text.drop(while: \.isWhitespace)
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }

    /// The codes and texts of an error (RFC 6749, section 5.2, or Okta's).
    private static func reason(in body: [UInt8]) -> String {
        guard let object = (try? JSONValue.parse(body))?.objectValue else { return "" }
        let code = (object["error"] ?? object["errorCode"])?.stringValue
        let description = (object["error_description"] ?? object["errorSummary"])?.stringValue
        let parts = [code, description].compactMap { $0 }.map { text in
            let visible = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
            return String(String.UnicodeScalarView(visible.prefix(textCharactersMax)))
        }
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ": ")))"
    }

    /// The request itself is not the cause, so that it may succeed later.
    private static func isRetriable(_ status: Int) -> Bool {
        status >= 500 && status != 501 && status != 505 || status == 408 || status == 429
    }
}
