import KafkaProtocol

/// The error of one entry of an administrative request.
struct AdminError: Error, Equatable {
    let code: KafkaErrorCode
    let message: String

    init(_ code: KafkaErrorCode, _ message: String) {
        self.code = code
        self.message = BrokerService.clipped(message)
    }

    init(_ error: StorageError) {
        // Clients retry KAFKA_STORAGE_ERROR; this error remains until an operator acts.
        if case .fewDescriptors = error {
            self.init(.policyViolation, error.description)
        } else {
            self.init(.kafkaStorageError, error.description)
        }
    }
}
