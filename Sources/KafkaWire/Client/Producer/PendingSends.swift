import Synchronization

/// The outcomes of the records of one `send`, and the task that waits for them.
final class PendingSends: Sendable {
    private struct State {
        var results: [RecordMetadata?]
        var remaining: Int
        var failure: KafkaError?
        var continuation: CheckedContinuation<[RecordMetadata], any Error>?
        var isCancelled = false

        /// nil until the last record is settled.
        var outcome: Result<[RecordMetadata], any Error>? {
            if isCancelled { return .failure(CancellationError()) }
            guard remaining == 0 else { return nil }
            if let failure { return .failure(failure) }
            return .success(results.compactMap { $0 })
        }
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(results: Array(repeating: nil, count: count), remaining: count))
    }

    /// Called once for each record.
    func complete(_ index: Int, _ result: Result<RecordMetadata, KafkaError>) {
        update { state in
            state.remaining -= 1
            switch result {
            case .success(let metadata): state.results[index] = metadata
            case .failure(let error): state.failure = state.failure ?? error
            }
        }
    }

    /// The task no longer waits; the records may be stored nevertheless.
    func cancel() { update { $0.isCancelled = true } }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    private func update(_ change: (inout State) -> Void) {
        let resumption = state.withLock { state -> (@Sendable () -> Void)? in
            change(&state)
            guard let outcome = state.outcome, let continuation = state.continuation else { return nil }
            state.continuation = nil
            return { continuation.resume(with: outcome) }
        }
        resumption?()
    }

    /// Suspends until every record is settled. Throws the first failure, or `CancellationError`.
    func wait() async throws -> [RecordMetadata] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in update { $0.continuation = continuation } }
        } onCancel: {
            cancel()
        }
    }
}
