import KafkaProtocol
import KafkaWire
import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct ProducerRenewalTests {
    private let start = MonotonicInstant(nanoseconds: 1)
    private func later(_ milliseconds: Int) -> MonotonicInstant { start.advanced(byMilliseconds: milliseconds) }

    @Test func producerWithAFatalErrorIsReplacedAtOnce() {
        var renewal = ProducerRenewal()
        #expect(renewal.step(producerFailure: nil, now: start) == .use)
        guard case .renew(let reason) = renewal.step(producerFailure: .fatal("lost"), now: start) else {
            Issue.record("not replaced")
            return
        }
        #expect(reason.contains("lost"))
        renewal.renewed()
        #expect(renewal.step(producerFailure: nil, now: start) == .use)
    }

    @Test func consecutiveFailuresReplaceAProducerWithoutFatalError() {
        var renewal = ProducerRenewal()
        let error = KafkaError.timedOut(what: "writing", milliseconds: 5000, lastError: nil)
        renewal.failed(error)
        renewal.failed(error)
        #expect(renewal.step(producerFailure: nil, now: start) == .use)
        renewal.stored()
        renewal.failed(error)
        renewal.failed(error)
        #expect(renewal.step(producerFailure: nil, now: start) == .use)
        renewal.failed(error)
        #expect(renewal.step(producerFailure: nil, now: start) == .renew(reason: "3 records in a row were not stored: \(error)"))
        renewal.renewed()
        #expect(renewal.step(producerFailure: nil, now: start) == .use)
    }

    @Test func producerIsReplacedIfItsTopicWasCreatedAgain() {
        var renewal = ProducerRenewal()
        renewal.topicRecreated()
        #expect(renewal.step(producerFailure: nil, now: start) == .renew(reason: "it was deleted and created again"))
        renewal.renewed()
        #expect(renewal.step(producerFailure: nil, now: start) == .use)
    }

    @Test func failedReplacementIsRetriedAfterAPause() {
        var renewal = ProducerRenewal()
        renewal.topicRecreated()
        renewal.renewalFailed("cleanup.policy=delete", now: start)
        let last = later(ProducerRenewal.pauseMilliseconds - 1)
        #expect(renewal.step(producerFailure: nil, now: last) == .refuse(reason: "cleanup.policy=delete"))
        let due = later(ProducerRenewal.pauseMilliseconds)
        #expect(renewal.step(producerFailure: nil, now: due) == .renew(reason: "it was deleted and created again"))
        renewal.renewed()
        #expect(renewal.step(producerFailure: nil, now: start) == .use)
    }

    @Test func closedLogReplacesNoProducer() {
        var renewal = ProducerRenewal()
        renewal.topicRecreated()
        renewal.close()
        #expect(renewal.step(producerFailure: .closed, now: start) == .closed)
    }
}
