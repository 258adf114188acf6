import KafkaProtocol

/// What was looked for, or the code of the response instead.
enum ErrorCodeResult<Value> {
    case success(Value)
    case failure(KafkaErrorCode)

    var value: Value? { if case .success(let value) = self { value } else { nil } }
}

extension ErrorCodeResult: Sendable where Value: Sendable {}
