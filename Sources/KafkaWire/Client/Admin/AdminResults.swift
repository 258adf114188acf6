import KafkaProtocol

/// The results of an operation's items, which brokers name in their responses.
struct AdminResults<Value> {
    /// For errors: what is done with an item, whose name follows.
    let what: String
    let names: [String]
    private let positions: [String: Int]
    fileprivate var results: [Result<Value, KafkaError>?]

    init(what: String, names: [String]) {
        self.what = what
        self.names = names
        positions = Dictionary(zip(names, names.indices)) { first, _ in first }
        results = Array(repeating: nil, count: names.count)
        for (index, name) in names.enumerated() where positions[name] != index {
            results[index] = .failure(
                .code(.invalidRequest, about: "\(what) \(name)", message: "it is named more than once"))
        }
    }

    /// Items that are sent. An item that is named twice is not sent twice.
    fileprivate var sendable: [Int] { results.indices.filter { results[$0] == nil } }

    /// Applies a broker's answer. A name that was not requested is ignored.
    mutating func set(
        _ name: String, _ code: KafkaErrorCode, _ message: String? = nil, _ value: @autoclosure () -> Value
    ) {
        guard let index = positions[name] else { return }
        results[index] =
            code == .none
            ? .success(value()) : .failure(.code(code, about: "\(what) \(name)", message: message.nonEmpty))
    }

    /// Applies an error to all of these items.
    mutating func fail(_ items: [Int], _ code: KafkaErrorCode, _ message: String? = nil) {
        for index in items {
            results[index] = .failure(.code(code, about: "\(what) \(names[index])", message: message.nonEmpty))
        }
    }
}

extension KafkaAdmin {
    /// Runs an operation on items with names; one result for each, in the same order.
    ///
    /// - Parameter send: sends the items of these indices, and stores what the broker answers.
    @_semantics("optimize.sil.specialize.generic.never")
    func perform<Value>(
        _ what: String, _ names: [String], at targets: [AdminTarget],
        where isRetriable: @escaping (KafkaError) -> Bool = \.isRetriable,
        _ send: (BrokerConnection, [Int], inout AdminResults<Value>) throws(KafkaError) -> Void
    ) -> [Result<Value, KafkaError>] {
        var results = AdminResults<Value>(what: what, names: names)
        let items = results.sendable
        let operation = AdminOperation(client: client, what: what, isRetriable: isRetriable)
        let errors = operation.run(items.map { targets[$0] }) { connection, positions throws(KafkaError) in
            let sent = positions.map { items[$0] }
            for index in sent { results.results[index] = nil }
            try send(connection, sent, &results)
            return sent.map { index in
                switch results.results[index] {
                case .success: nil
                case .failure(let error): error
                case nil:
                    .code(
                        .unknownServerError, about: "\(what) \(names[index])",
                        message: "the broker's answer does not mention it")
                }
            }
        }
        for (index, error) in zip(items, errors) {
            if let error { results.results[index] = .failure(error) }
        }
        return results.results.map { $0 ?? .failure(.closed) }
    }

    /// Runs an operation that has one result, at one broker.
    @_semantics("optimize.sil.specialize.generic.never")
    func request<Value>(
        _ what: String, at target: AdminTarget = .anyBroker,
        where isRetriable: @escaping (KafkaError) -> Bool = \.isRetriable,
        _ send: (BrokerConnection) throws(KafkaError) -> Value
    ) throws(KafkaError) -> Value {
        var value: Value?
        let operation = AdminOperation(client: client, what: what, isRetriable: isRetriable)
        let errors = operation.run([target]) { connection, _ throws(KafkaError) in
            value = try send(connection)
            return [nil]
        }
        if let error = errors.first ?? nil { throw error }
        guard let value else { throw .closed }
        return value
    }
}

extension Sequence {
    /// The values of results that all are successes.
    ///
    /// - Throws: the first error.
    @discardableResult
    public func get<Value>() throws(KafkaError) -> [Value] where Element == Result<Value, KafkaError> {
        var values: [Value] = []
        for result in self { values.append(try result.get()) }
        return values
    }
}

extension BrokerConnection {
    /// Throws, with the name of the API, if the broker is too old for a feature.
    func require(_ key: APIKey, version: Int16, for feature: String) throws(KafkaError) {
        guard try versions.version(of: key) < version else { return }
        throw .code(
            .unsupportedVersion, about: feature,
            message: "it needs version \(version) of \(key), the broker has \(versions[key]?.upperBound ?? 0)")
    }
}

extension KafkaErrorCode {
    /// Throws the code unless it is none.
    func check(_ about: String, _ message: String? = nil) throws(KafkaError) {
        if self != .none { throw .code(self, about: about, message: message.nonEmpty) }
    }
}
