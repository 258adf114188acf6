import Foundation
import KafkaWire

/// How `cdcd produce` ends: what was read is delivered, or the transaction aborted, and the outcome reported.
struct ProduceEnd {
    private let interruption: Interruption
    private let isTransactional: Bool
    /// What went wrong; nothing if all of the input is stored.
    private var parts: [String] = []
    private var exitCode: Int32 = 0

    init(_ interruption: Interruption, isTransactional: Bool) {
        self.interruption = interruption
        self.isTransactional = isTransactional
    }

    /// Returns the exit code.
    ///
    /// - Parameter reading: whether all of the input was read and appended, unless a signal ended that.
    mutating func finish(_ reading: Result<Void, any Error>, _ sender: inout RecordSender) -> Int32 {
        do {
            try reading.get()
            if interruption.isRequested { addSignal() }
        } catch { fail("\(error)") }
        if isTransactional {
            if parts.isEmpty { commit(sender.producer, sender.outcomes) }
            if !parts.isEmpty { abort(sender.producer) }
        } else {
            deliver(sender.producer, sender.outcomes)
        }
        do { try sender.writePositions() } catch { fail("\(error)") }
        sender.clear()
        if !parts.isEmpty {
            StandardError.print("cdcd: " + parts.joined(separator: "; "))
        } else if Terminal.isStandardError {
            StandardError.print("\(sender.outcomes.count) records stored in \(sender.template.topic)")
        }
        return exitCode
    }

    private mutating func fail(_ text: String) {
        parts.append(text)
        exitCode = 1
    }

    private mutating func addSignal() {
        guard exitCode == 0, let number = interruption.number else { return }
        parts.append("ended by \(number == SIGINT ? "SIGINT" : "SIGTERM")")
        exitCode = Interruption.exitCode(of: number)
    }

    private mutating func deliver(_ producer: KafkaProducer, _ outcomes: SendOutcomes) {
        do throws(KafkaError) { try producer.awaitDelivery() } catch { fail("\(error)") }
        if !addFailure(outcomes), !parts.isEmpty { parts.append("records stored: \(outcomes.count)") }
    }

    private mutating func commit(_ producer: KafkaProducer, _ outcomes: SendOutcomes) {
        do throws(KafkaError) {
            try producer.awaitDelivery()
            addSignal()
            if !addFailure(outcomes), parts.isEmpty { try producer.commitTransactionAndWait() }
        } catch {
            if !addFailure(outcomes) { fail("\(error)") }
        }
    }

    private mutating func abort(_ producer: KafkaProducer) {
        do throws(KafkaError) {
            try producer.abortTransactionAndWait()
            parts.append("the transaction was aborted")
        } catch {
            parts.append("the transaction was not aborted (\(error)), which the broker does after transaction.timeout.ms")
        }
    }

    private mutating func addFailure(_ outcomes: SendOutcomes) -> Bool {
        guard let failure = outcomes.failure else { return false }
        fail("\(outcomes.failedCount) of \(outcomes.count) records were not stored; the first: \(failure)")
        return true
    }
}
