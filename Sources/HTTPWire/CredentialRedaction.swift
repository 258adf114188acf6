import WireCore

/// Removes the credentials of a request from the answer to it: servers quote them in errors.
package struct CredentialRedaction {
    /// Shorter texts are no secrets, and occur in answers by chance.
    private static let bytesMin = 4

    /// Longer ones first, since they may contain others.
    private let secrets: [String]

    /// - Parameters:
    ///   - request: as it is sent.
    ///   - others: secrets that are not in its URL and its header `Authorization`.
    package init(_ request: HTTPClientRequest, others: [String] = []) {
        var found = others
        if let userInfo = request.url.userInfo { found += Self.basic(PercentEncoding.decode(userInfo) ?? userInfo) }
        for header in request.headers where header.name.lowercased() == "authorization" {
            let credentials = header.value.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
            let decoded = Base64.decode(credentials).flatMap { String(validating: $0, as: UTF8.self) }
            found += header.value.lowercased().hasPrefix("basic ") ? decoded.map(Self.basic) ?? [] : []
            found.append(credentials)
        }
        secrets = found.flatMap { SecretSpellings.spellings(of: $0) }.filter { $0.utf8.count >= Self.bytesMin }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// What is secret of `user:password`.
    private static func basic(_ userInfo: String) -> [String] {
        var writer = ByteWriter()
        writer.base64(Array(userInfo.utf8))
        let password = userInfo.split(separator: ":", maxSplits: 1).dropFirst().first
        return [String(decoding: writer.array(), as: UTF8.self), userInfo] + (password.map { [String($0)] } ?? [])
    }

    package func applied(to body: [UInt8]) -> [UInt8] {
        var text = String(decoding: body, as: UTF8.self)
        for secret in secrets { text = text.replacing(secret, with: "[hidden]") }
        return Array(text.utf8)
    }
}
