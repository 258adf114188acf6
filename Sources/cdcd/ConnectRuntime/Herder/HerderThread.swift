import Synchronization
import WireCore
import WireStreams

/// The one thread that changes what runs. Everybody else hands it work and waits for the answer.
final class HerderThread: Sendable {
    private struct Mail {
        var jobs: [@Sendable (Herder) -> Void] = []
        var isOpen = true
        /// What the thread is doing, for those who wait in vain.
        var stage = "starting"
    }

    private let mail = Monitor(Mail())
    /// How long a caller waits (Connect's limit for REST requests).
    private static let timeoutMilliseconds = 90_000

    /// Says what the thread is doing.
    func enter(stage: String) { mail.withLock { $0.stage = stage } }

    var stage: String { mail.withLock { $0.stage } }

    /// Runs `body` on the herder's thread and gives its result. What follows from it (starting, stopping) goes on after
    /// the answer.
    ///
    /// - Throws: what `body` throws; `HerderError.timedOut` if the herder does not get to it in time, `.shuttingDown`
    ///   once it is closed.
    func call<R: Sendable>(
        timeoutMilliseconds: Int = HerderThread.timeoutMilliseconds, _ body: @escaping @Sendable (Herder) throws -> R
    ) throws -> R {
        let answer = Monitor<Result<R, any Error>?>(nil)
        let isAccepted = mail.update { mail in
            guard mail.isOpen else { return false }
            mail.jobs.append { herder in
                let result = Result { try body(herder) }
                answer.update { $0 = result }
            }
            return true
        }
        guard isAccepted else { throw HerderError.shuttingDown }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        guard let result = answer.wait(until: deadline, for: { $0 }) else {
            throw HerderError.timedOut(stage: stage)
        }
        return try result.get()
    }

    /// Runs `body` when its turn comes, without waiting.
    func post(_ body: @escaping @Sendable (Herder) -> Void) {
        mail.update { if $0.isOpen { $0.jobs.append(body) } }
    }

    /// Serves jobs until `close()`. The herder's own thread calls it, once.
    func serve(_ herder: Herder) {
        while true {
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30_000)
            let job = mail.wait(until: deadline) { mail -> (@Sendable (Herder) -> Void)?? in
                if let first = mail.jobs.first {
                    mail.jobs.removeFirst()
                    return .some(first)
                }
                return mail.isOpen ? nil : .some(nil)
            }
            switch job {
            case .some(.some(let job)):
                enter(stage: "handling a request")
                job(herder)
            case .some(.none): return
            case .none: break
            }
            herder.followUp()
            enter(stage: "waiting for requests")
        }
    }

    /// Takes no more jobs; `serve` returns when those at hand are done.
    func close() { mail.update { $0.isOpen = false } }
}
