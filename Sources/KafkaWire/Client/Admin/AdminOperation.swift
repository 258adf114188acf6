import KafkaProtocol
import WireCore

/// One operation on several items: each item is sent to the broker that is responsible for it, in one request for all
/// items of a broker; items that fail with a retriable error are sent again, until `apiTimeoutMilliseconds` have
/// passed.
struct AdminOperation {
    let client: KafkaClient
    /// For errors: what is done with an item, whose name follows.
    let what: String
    var isRetriable: (KafkaError) -> Bool = \.isRetriable

    /// - Parameters:
    ///   - targets: one for each item.
    ///   - send: sends the items of these indices; returns their errors, in the same order.
    /// - Returns: the items' errors.
    func run(
        _ targets: [AdminTarget], _ send: (BrokerConnection, [Int]) throws(KafkaError) -> [KafkaError?]
    ) -> [KafkaError?] {
        var errors = [KafkaError?](repeating: nil, count: targets.count)
        var pending = Array(targets.indices)
        let started = MonotonicInstant.now
        let limit = client.configuration.apiTimeoutMilliseconds
        var backoff = Backoff(client.configuration)
        while true {
            attempt(pending, targets, &errors, send)
            pending.removeAll { errors[$0].map { !isRetriable($0) } ?? true }
            guard let first = pending.first, let error = errors[first] else { return errors }
            let pause = backoff.next()
            guard MonotonicInstant.now.milliseconds(since: started) + pause < limit else {
                for index in pending {
                    errors[index] = .timedOut(what: what, milliseconds: limit, lastError: errors[index].map { "\($0)" })
                }
                return errors
            }
            client.configuration.observer?.retrying(what, after: error, pauseMilliseconds: pause)
            do throws(KafkaError) {
                try client.cancellation.pause(milliseconds: pause)
            } catch {
                for index in pending { errors[index] = error }
                return errors
            }
        }
    }

    private func attempt(
        _ pending: [Int], _ targets: [AdminTarget], _ errors: inout [KafkaError?],
        _ send: (BrokerConnection, [Int]) throws(KafkaError) -> [KafkaError?]
    ) {
        let destinations = client.destinations(of: Set(pending.map { targets[$0] }))
        var groups: [(destination: AdminDestination, items: [Int])] = []
        for index in pending {
            switch destinations[targets[index]] {
            case .success(let destination):
                if let group = groups.firstIndex(where: { $0.destination == destination }) {
                    groups[group].items.append(index)
                } else {
                    groups.append((destination, [index]))
                }
            case .failure(let error): errors[index] = error
            case nil: errors[index] = .code(.coordinatorNotAvailable, about: what)
            }
        }
        for (destination, items) in groups {
            let results: [KafkaError?]
            do throws(KafkaError) {
                results = try client.withDestination(destination) { connection throws(KafkaError) in
                    try send(connection, items)
                }
            } catch {
                results = [KafkaError?](repeating: error, count: items.count)
            }
            for (index, error) in zip(items, results) {
                errors[index] = error
                if case .coordinator(let key) = targets[index], case .address(let address) = destination,
                    let error, error.isOfConnection || error.errorCode?.isOfCoordinator == true {
                    client.dropCoordinator(address, of: key)
                }
            }
        }
    }
}
