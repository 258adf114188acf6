import KafkaProtocol

/// The error of one entry of an administrative request.
struct AdminError: Error, Equatable {
    let code: KafkaErrorCode
    let message: String

    init(_ code: KafkaErrorCode, _ message: String) {
        self.code = code
        self.message = BrokerService.clipped(message)
    }

    init(_ error: StorageError) { self.init(.kafkaStorageError, error.description) }
}
