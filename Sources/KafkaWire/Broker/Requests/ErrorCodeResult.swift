import KafkaProtocol

/// A value, or the error code for the response.
enum ErrorCodeResult<Value> {
    case success(Value)
    case failure(KafkaErrorCode)

    var value: Value? { if case .success(let value) = self { value } else { nil } }
}

extension ErrorCodeResult: Sendable where Value: Sendable {}
