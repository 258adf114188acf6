import ConnectData
import Synchronization
import WireCore
import WireStreams

/// The herder's thread: passes events to `HerderMachine` one at a time, and its actions to a `HerderExecutor`. Safe to
/// use from any thread.
final class Herder: Sendable {
    private typealias Answer = Monitor<Result<HerderAnswer, HerderError>?>

    private struct Mailbox {
        var events: [HerderEvent] = []
        var answers: [RequestID: Answer] = [:]
        var lastRequest: RequestID = 0
        var isOpen = true
        var stage = WorkerStage("awaiting startup")
    }

    static let loggerName = "org.apache.kafka.connect.runtime.distributed.DistributedHerder"
    static let workerLoggerName = "org.apache.kafka.connect.runtime.Worker"

    private let mailbox = Monitor(Mailbox())
    private let requestMilliseconds: Int

    /// - Parameter requestMilliseconds: how long a request may take.
    init(requestMilliseconds: Int) { self.requestMilliseconds = requestMilliseconds }

    /// What the worker is doing, for requests that time out.
    var stage: WorkerStage { mailbox.withLock { $0.stage } }

    /// Sets the stage. It began at the first of several calls with the same one.
    func enter(stage: String) {
        mailbox.withLock { mailbox in
            if mailbox.stage.description != stage { mailbox.stage = WorkerStage(stage) }
        }
    }

    /// Adds an event; ignored once the herder has ended.
    func post(_ event: HerderEvent) { mailbox.update { if $0.isOpen { $0.events.append(event) } } }

    /// Carries a request out and returns its answer.
    ///
    /// - Throws: `HerderError`; `.timedOut` if there is no answer in time, although the request is still carried out.
    func perform(
        _ request: HerderRequest, timeoutMilliseconds: Int? = nil
    ) throws(HerderError) -> HerderAnswer {
        let answer = Answer(nil)
        let isAccepted = mailbox.update { mailbox in
            guard mailbox.isOpen else { return false }
            mailbox.lastRequest += 1
            mailbox.answers[mailbox.lastRequest] = answer
            mailbox.events.append(.request(mailbox.lastRequest, request))
            return true
        }
        guard isAccepted else { throw .shuttingDown }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds ?? requestMilliseconds)
        guard let result = answer.wait(until: deadline, for: { $0 }) else { throw .timedOut(stage) }
        return try result.get()
    }

    /// Handles events until everything has ended after `.stop`. Called once, on the herder's own thread.
    func run(_ machine: consuming HerderMachine, _ executor: HerderExecutor) {
        var machine = machine
        while true {
            let event = mailbox.wait(until: machine.nextDeadline) { mailbox -> HerderEvent? in
                mailbox.events.isEmpty ? nil : mailbox.events.removeFirst()
            } ?? .timePassed
            var next: HerderEvent? = event
            while let event = next {
                executor.prepare(for: event)
                let actions = machine.handle(event, at: .now)
                enter(stage: machine.stage)
                for action in actions {
                    switch action {
                    case .complete(let id, let result): complete(id, result)
                    case .finish: return close()
                    default: executor.execute(action)
                    }
                }
                next = executor.followUp(event)
            }
        }
    }

    private func complete(_ id: RequestID, _ result: Result<HerderAnswer, HerderError>) {
        mailbox.withLock { $0.answers.removeValue(forKey: id) }?.update { $0 = result }
    }

    /// Accepts no more requests, and refuses those that have no answer.
    func close() {
        let answers = mailbox.update { mailbox in
            mailbox.isOpen = false
            mailbox.events = []
            defer { mailbox.answers = [:] }
            return Array(mailbox.answers.values)
        }
        for answer in answers { answer.update { $0 = .failure(.shuttingDown) } }
    }
}
