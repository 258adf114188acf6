import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// Retries a task's requests to Kafka until Kafka answers, as a producer retries its records. Meanwhile the task's
/// state is `RESTARTING`, with the reason.
struct BrokerWait: Sendable {
    private static let firstPauseMilliseconds = 250
    private static let pauseMillisecondsMax = 5000

    let control: TaskControl
    let publisher: StatusPublisher
    let logger: Logger

    /// - Parameter what: the operation, for the log and the status.
    /// - Throws: `CancellationError` if the task is stopped; errors of `body` that are not retriable.
    func retrying(_ what: String, _ body: () throws -> Void) throws {
        var pauseMilliseconds = Self.firstPauseMilliseconds
        var isWaiting = false
        while true {
            if control.isStopping { throw CancellationError() }
            do {
                try body()
                break
            } catch let error as KafkaError where error.isRetriable {
                let reason = "Kafka does not answer while \(what); it is tried again: \(error.explained())"
                if !isWaiting { logger.warn(reason) }
                isWaiting = true
                publisher.handle(.clusterChanged(.interrupted(reason: reason)))
                pause(milliseconds: pauseMilliseconds)
                pauseMilliseconds = min(pauseMilliseconds * 2, Self.pauseMillisecondsMax)
            }
        }
        if isWaiting {
            logger.info("Kafka answers again")
            publisher.handle(.clusterChanged(.running))
        }
    }

    /// Returns early if the task is stopped.
    private func pause(milliseconds: Int) {
        let stop = Monitor(())
        let handler = control.onStop { stop.update { _ in } }
        defer { control.removeStopHandler(handler) }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: milliseconds)
        _ = stop.wait(until: deadline) { _ in control.isStopping ? true : nil }
    }
}
