import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// Repeats what a task needs of Kafka until Kafka answers, as a producer repeats its records. Meanwhile the task's
/// state is `RESTARTING`, with the reason.
struct BrokerWait: Sendable {
    private static let firstPauseMilliseconds = 250
    private static let pauseMillisecondsMax = 5000

    let control: TaskControl
    let publisher: StatusPublisher
    let logger: Logger

    /// - Parameter what: what is done, for the log and the status.
    /// - Throws: `CancellationError` where the task is stopped; what `body` throws and no retry can help.
    func retrying(_ what: String, _ body: () throws -> Void) throws {
        var pauseMilliseconds = Self.firstPauseMilliseconds
        var isWaiting = false
        while true {
            if control.isStopping { throw CancellationError() }
            do {
                try body()
                break
            } catch let error as KafkaError where error.isRetriable {
                let reason = "Kafka does not answer while \(what); it is tried again: \(error)"
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

    /// Ends early where the task is stopped.
    private func pause(milliseconds: Int) {
        let stop = Monitor(())
        let handler = control.onStop { stop.update { _ in } }
        defer { control.removeStopHandler(handler) }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: milliseconds)
        _ = stop.wait(until: deadline) { _ in control.isStopping ? true : nil }
    }
}
