import KafkaProtocol

/// The error of one entry of an administrative request.
struct AdminError: Error, Equatable {
    let code: KafkaErrorCode
    let message: String

    init(_ code: KafkaErrorCode, _ message: String) {
        self.code = code
        self.message = Self.clipped(message)
    }

    init(_ error: StorageError) { self.init(.kafkaStorageError, error.description) }

    /// The text, shortened if it contains a long value from a client's request.
    static func clipped(_ text: String) -> String {
        text.utf8.count <= 1000 ? text : String(text.unicodeScalars.prefix(240)) + "…"
    }
}
