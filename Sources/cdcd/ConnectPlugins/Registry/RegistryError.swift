import WireCore

/// An answer of a registry by which it refuses a request.
struct RegistryError: Error, Equatable {
    let status: Int
    /// The registry's own code, such as 40403; the status if it gives none.
    let code: Int
    /// The class of the error; only Apicurio's own API says it.
    let name: String?
    /// In the registry's words, shortened.
    let message: String

    private static let messageCharactersMax = 4000

    /// Reads `{"error_code":…,"message":…}` or Apicurio's `{"error_code":…,"message":…,"detail":…,"name":…}`.
    init(_ response: RegistryResponse) {
        status = response.status
        let object = (try? JSONValue.parse(response.body))?.objectValue
        code = object?["error_code"]?.integerValue.flatMap { Int(exactly: $0) } ?? response.status
        name = object?["name"]?.stringValue
        let text = object?["message"]?.stringValue ?? "HTTP status \(response.status)"
        message = text.count > Self.messageCharactersMax ? "\(text.prefix(Self.messageCharactersMax))…" : text
    }
}

extension RegistryError {
    /// For the user: with the remedy if the credentials are refused.
    var explanation: String {
        let start = "The schema registry refuses the request: \(message); error code: \(code)"
        return switch status {
        case 401: start + "\nRemedy: check the credentials of the schema registry in the converter's configuration."
        case 403: start + "\nRemedy: grant the converter's principal read and write access to the subject."
        default: start
        }
    }
}
