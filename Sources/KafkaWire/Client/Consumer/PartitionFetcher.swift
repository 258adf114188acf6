import KafkaProtocol
import WireCore
import WireStreams

/// Fetches one partition on a thread of its own and passes each batch of records to a task.
final class PartitionFetcher: Sendable {
    private struct State {
        /// Fetched and not yet consumed; the thread waits while it is set.
        var batch: [ConsumedRecord]?
        var failure: (any Error)?
        var isEnded = false
        var isStarted = false
        var continuation: CheckedContinuation<[ConsumedRecord], any Error>?
    }

    private let state = Monitor(State())
    private let worker: Worker

    init(
        _ client: KafkaClient, topic: String, partition: Int32, start: OffsetSpec, _ isolation: IsolationLevel
    ) {
        worker = Worker(
            client: client, cancellation: Cancellation(parent: client.cancellation), topic: topic,
            partition: partition, start: start, isolation: isolation)
    }

    deinit { Self.end(state, worker.cancellation, .failure(KafkaError.closed)) }

    /// The next records, at least one; empty after an error was thrown.
    func nextBatch() async throws -> [ConsumedRecord] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let mustStart = state.update { state -> Bool in
                    state.continuation = continuation
                    defer { state.isStarted = true }
                    return !state.isStarted
                }
                if mustStart {
                    startThread(named: "\(worker.client.configuration.clientID)-fetcher") { [state, worker] in
                        worker.run(state)
                    }
                }
                Self.deliver(state)
            }
        } onCancel: {
            Self.end(state, worker.cancellation, .failure(CancellationError()))
        }
    }

    /// Resumes the task if records or an error are available.
    private static func deliver(_ state: Monitor<State>) {
        let resumption = state.update { state -> (@Sendable () -> Void)? in
            guard let continuation = state.continuation else { return nil }
            let outcome: Result<[ConsumedRecord], any Error>
            if let failure = state.failure {
                outcome = .failure(failure)
                state.failure = nil
            } else if let batch = state.batch {
                outcome = .success(batch)
                state.batch = nil
            } else if state.isEnded {
                outcome = .success([])
            } else {
                return nil
            }
            state.continuation = nil
            return { continuation.resume(with: outcome) }
        }
        resumption?()
    }

    private static func end(
        _ state: Monitor<State>, _ cancellation: Cancellation, _ outcome: Result<Never, any Error>
    ) {
        state.update { state in
            guard !state.isEnded else { return }
            state.isEnded = true
            state.batch = nil
            if case .failure(let error) = outcome { state.failure = error }
        }
        cancellation.cancel()
        deliver(state)
    }

    /// The state that the thread retains; it does not retain the fetcher, whose release ends it.
    private struct Worker: Sendable {
        let client: KafkaClient
        let cancellation: Cancellation
        let topic: String
        let partition: Int32
        let start: OffsetSpec
        let isolation: IsolationLevel

        /// The maximum wait of one fetch in Kafka's consumer (`fetch.max.wait.ms`).
        private static let fetchWaitMilliseconds = 500

        func run(_ state: Monitor<State>) {
            do throws(KafkaError) {
                let reader = try TopicReader(
                    client, topic: topic, partitions: [partition], from: start, isolation: isolation,
                    cancellation: cancellation)
                while !state.withLock({ $0.isEnded }) {
                    let records = try poll(reader)
                    guard !records.isEmpty else { continue }
                    state.update { $0.batch = records }
                    PartitionFetcher.deliver(state)
                    _ = state.wait { $0.batch == nil || $0.isEnded ? true : nil }
                }
            } catch {
                PartitionFetcher.end(state, cancellation, .failure(error))
            }
        }

        /// Retriable errors are retried for as long as the sequence is used, as Kafka's consumer does.
        private func poll(_ reader: TopicReader) throws(KafkaError) -> [ConsumedRecord] {
            do throws(KafkaError) {
                return try reader.poll(maxWaitMilliseconds: Self.fetchWaitMilliseconds)
            } catch {
                guard error.isRetriable else { throw error }
                try cancellation.pause(milliseconds: client.configuration.retryBackoffMaxMilliseconds)
                return []
            }
        }
    }
}
