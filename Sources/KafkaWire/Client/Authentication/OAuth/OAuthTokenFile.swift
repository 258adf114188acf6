import Foundation

/// A token in a file (`sasl.oauthbearer.token.endpoint.url=file:…`), for example one that Kubernetes projects into a
/// container. The file is read for each new token.
public struct OAuthTokenFile: OAuthTokenProvider, Equatable {
    private let path: String
    private let names: JSONWebToken.ClaimNames

    /// - Parameters:
    ///   - path: of a file that contains a JWT, perhaps with blanks around it.
    ///   - subjectClaim: the claim with the principal's name (`sasl.oauthbearer.sub.claim.name`).
    ///   - scopeClaim: the claim with the scope (`sasl.oauthbearer.scope.claim.name`).
    public init(path: String, subjectClaim: String = "sub", scopeClaim: String = "scope") {
        self.path = path
        names = JSONWebToken.ClaimNames(subject: subjectClaim, scope: scopeClaim)
    }

    public func retrieveToken() throws(SASLError) -> OAuthBearerToken {
        let text = try CredentialFile.text(path)
        do throws(SASLError) {
            return try OAuthBearerToken(jwt: text, names)
        } catch { throw SASLError("\(path): \(error.reason)") }
    }
}

/// Small files with credentials.
enum CredentialFile {
    private static let bytesMax = 1 << 20

    /// The text of a file without the blanks around it.
    static func text(_ path: String) throws(SASLError) -> String {
        let content: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            // One byte more than the limit is enough to refuse a file, even a device without an end.
            content = try file.read(upToCount: bytesMax + 1) ?? Data()
        } catch {
            // It may be written later, or replaced at this moment.
            throw SASLError("\(path) cannot be read: \((error as NSError).localizedDescription)", isRetriable: true)
        }
        guard content.count <= bytesMax, let text = String(validating: content, as: UTF8.self) else {
            throw SASLError("\(path) is not a small text")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
