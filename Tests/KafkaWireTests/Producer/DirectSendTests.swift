import KafkaProtocol
import Testing

@testable import KafkaWire
@testable import WireCore

/// Who writes to a broker's connection, and which thread is woken.
@Suite struct DirectSendTests {
    private static let now = MonotonicInstant(nanoseconds: 1_000_000_000)

    private static func later(_ milliseconds: Int) -> MonotonicInstant { now.advanced(byMilliseconds: milliseconds) }

    /// A producer with an id and one partition on a connected broker, whose writer sleeps.
    private static func core(_ change: (inout ProducerConfiguration) -> Void = { _ in }) -> ProducerCore {
        var configuration = ProducerConfiguration()
        configuration.lingerMilliseconds = 5
        change(&configuration)
        var core = ProducerCore(configuration)
        core.adopt(ProducerIdentity(producerID: 7, epoch: 0))
        _ = core.topicIndex("t")
        let partition = TopicDescription.Partition(index: 0, leader: 1, replicas: [1], inSyncReplicas: [1])
        _ = core.update([TopicDescription(name: "t", partitions: [partition])])
        core.connected(1)
        expect(sleepMilliseconds(&core) == .some(nil))
        return core
    }

    /// How long the writer sleeps next; nil if it does not sleep.
    private static func sleepMilliseconds(_ core: inout ProducerCore, now: MonotonicInstant = now) -> Int?? {
        guard case .sleep(let milliseconds) = core.nextStep(ofBroker: 1, now: now) else { return nil }
        return .some(milliseconds)
    }

    private static func token(_ core: borrowing ProducerCore) -> ProducerCore.WriteToken? { core.brokers[1]?.token }

    /// Appends a record of the given size; returns whether the writer is woken.
    @discardableResult
    private static func append(
        _ core: inout ProducerCore, _ departure: ProducerCore.Departure = .flushedByCaller, bytes: Int = 100,
        now: MonotonicInstant = now
    ) -> Bool {
        [UInt8](repeating: 1, count: bytes).withUnsafeBytes { value in
            let record = ProducerCore.NewRecord(
                topicIndex: 0, partition: 0, key: nil, value: BorrowedBytes(value), headers: .none,
                timestampMilliseconds: 0, tag: 0, receipt: nil, departure: departure)
            guard case .appended(let wakeup) = core.append(record, now: now) else {
                Issue.record("the record was not accepted")
                return false
            }
            return wakeup != nil
        }
    }

    /// Appends and flushes; returns what the calling thread sends, and whether the writer is woken.
    private static func appendAndFlush(
        _ core: inout ProducerCore, bytes: Int = 100
    ) -> (send: ProducerCore.DirectSend?, wakesWriter: Bool) {
        append(&core, .flushedAtOnce, bytes: bytes)
        let flush = core.flush(now: now)
        return (flush.sends.first, !flush.wakeups.isEmpty)
    }

    private static func stored(_ send: ProducerCore.DirectSend?) -> [ProducerCore.Answer] {
        (send?.assignments ?? []).map { ProducerCore.Answer(place: $0.place, outcome: .stored, baseOffset: 0) }
    }

    @Test func callerSendsIfTheConnectionIsIdleAndNobodyIsWoken() throws {
        var core = Self.core()
        let (send, wakesWriter) = Self.appendAndFlush(&core)
        expect(send?.assignments.count == 1 && !wakesWriter)
        expect(Self.token(core) == .caller(mustWakeWriter: false))
        expect(core.endDirectSend(ofBroker: 1, isComplete: true) == nil)
        expect(Self.token(core) == .free)
        let effects = core.settle(Self.stored(send), ofBroker: 1, now: Self.now)
        expect(effects.wakeups.isEmpty && effects.finished.count == 1)
        expect(core.brokers[1]?.inFlightRequests == 0)
    }

    @Test func runningWriterKeepsTheToken() {
        var core = Self.core()
        expect(Self.append(&core, .afterLinger))
        expect(Self.token(core) == .writer)
        let flush = core.flush(now: Self.now)
        expect(flush.sends.isEmpty && flush.wakeups.isEmpty)
        guard case .send = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
        expect(Self.token(core) == .writer)
    }

    /// Its timer ends during the send.
    @Test func writerThatWakesDuringADirectSendSleepsUntilItGetsTheToken() {
        var core = Self.core()
        let (send, _) = Self.appendAndFlush(&core)
        expect(send != nil)
        expect(Self.sleepMilliseconds(&core) == .some(nil))
        expect(Self.token(core) == .caller(mustWakeWriter: true))
        expect(core.endDirectSend(ofBroker: 1, isComplete: true) === core.brokers[1]?.wakeup)
        expect(Self.token(core) == .writer)
    }

    @Test func writerFinishesARequestBeforeItSendsTheNext() throws {
        var core = Self.core { $0.isIdempotent = false }
        _ = Self.appendAndFlush(&core)
        expect(core.endDirectSend(ofBroker: 1, isComplete: false) === core.brokers[1]?.wakeup)
        let (second, wakesWriter) = Self.appendAndFlush(&core)
        expect(second == nil && !wakesWriter)
        guard case .finishRequest = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
        guard case .send = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
    }

    @Test func recordsOfAnotherThreadDuringADirectSendWakeTheWriterAfterIt() {
        var core = Self.core { $0.isIdempotent = false }
        _ = Self.appendAndFlush(&core)
        let (send, wakesWriter) = Self.appendAndFlush(&core)
        expect(send == nil && !wakesWriter)
        expect(core.endDirectSend(ofBroker: 1, isComplete: true) === core.brokers[1]?.wakeup)
        guard case .send = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
    }

    @Test func acknowledgementWakesTheWriterOnlyIfSomethingCanBeSent() {
        // The first batch of an epoch is acknowledged before the second is sent.
        var core = Self.core()
        let (send, _) = Self.appendAndFlush(&core)
        expect(core.endDirectSend(ofBroker: 1, isComplete: true) == nil)
        let (second, _) = Self.appendAndFlush(&core)
        expect(second == nil)
        expect(Self.sleepMilliseconds(&core) != nil)
        expect(core.settle(Self.stored(send), ofBroker: 1, now: Self.now).wakeups.count == 1)
        guard case .send = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
    }

    @Test func callerSendsUpToTheMaximumInFlight() {
        var core = Self.core { $0.isIdempotent = false; $0.inFlightPerBrokerMax = 2 }
        for _ in 0..<2 {
            expect(Self.appendAndFlush(&core).send != nil)
            expect(core.endDirectSend(ofBroker: 1, isComplete: true) == nil)
        }
        let (third, wakesWriter) = Self.appendAndFlush(&core)
        // The next acknowledgement wakes the writer.
        expect(third == nil && !wakesWriter)
    }

    enum Obstacle: CaseIterable { case disconnected, authenticationExpires, largeBatch, noResponses, ended }

    @Test(arguments: Obstacle.allCases)
    func writerSendsIfTheCallerCannot(_ obstacle: Obstacle) {
        var core = Self.core { $0.acks = obstacle == .noResponses ? .none : .all; $0.isIdempotent = false }
        switch obstacle {
        case .disconnected:
            _ = core.disconnected(1)
            expect(Self.sleepMilliseconds(&core) != nil)
        case .authenticationExpires: core.connected(1, reauthenticateAt: Self.now)
        case .largeBatch, .noResponses: break
        case .ended: Self.append(&core, .flushedAtOnce)
        }
        if obstacle == .ended {
            core.phase = .ended
            let flush = core.flush(now: Self.now)
            expect(flush.sends.isEmpty)
            return
        }
        let bytes = obstacle == .largeBatch ? ProducerCore.directBytesMax : 100
        let (send, wakesWriter) = Self.appendAndFlush(&core, bytes: bytes)
        expect(send == nil && wakesWriter)
    }

    @Test func connectionThatIsLostDuringADirectSendIsReplacedAfterIt() {
        var core = Self.core()
        let (send, _) = Self.appendAndFlush(&core)
        expect(core.disconnected(1).isEmpty)
        expect(core.endDirectSend(ofBroker: 1, isComplete: false) != nil)
        guard case .finishRequest = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
        let lost = (send?.assignments ?? []).map { ProducerCore.Answer(place: $0.place, outcome: .lost) }
        _ = core.settle(lost, ofBroker: 1, now: Self.now)
        guard case .connect = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
    }

    @Test func producerThatEndsDuringADirectSendEndsItsWriter() {
        var core = Self.core()
        _ = Self.appendAndFlush(&core)
        core.phase = .ended
        _ = core.fail(.closed)
        expect(core.wakeAll().isEmpty)
        expect(core.endDirectSend(ofBroker: 1, isComplete: true) != nil)
        guard case .end = core.nextStep(ofBroker: 1, now: Self.now) else { return expect(false) }
    }

    // MARK: The linger time

    @Test func writerIsNotWokenForEachBatchThatTheCallerFlushes() {
        var core = Self.core()
        // It sleeps without a limit.
        expect(Self.append(&core))
        expect(Self.sleepMilliseconds(&core) == .some(6))
        expect(core.flush(now: Self.now).sends.count == 1)
        expect(core.endDirectSend(ofBroker: 1, isComplete: true) == nil)
        // It wakes by itself before this batch is too late.
        expect(!Self.append(&core, now: Self.later(2)))
        expect(Self.sleepMilliseconds(&core, now: Self.later(6)) != nil)
    }

    @Test func writerSendsWhatTheCallerDoesNotFlush() throws {
        var core = Self.core { $0.isIdempotent = false }
        Self.append(&core)
        _ = Self.sleepMilliseconds(&core)
        _ = core.flush(now: Self.now)
        _ = core.endDirectSend(ofBroker: 1, isComplete: true)
        expect(!Self.append(&core, now: Self.later(2)))
        core.isFlushing = false
        let sleep = try require(Self.sleepMilliseconds(&core, now: Self.later(6)))
        expect(sleep == 2)
        guard case .send = core.nextStep(ofBroker: 1, now: Self.later(8)) else { return expect(false) }
    }

    @Test func batchThatTheCallerDoesNotFlushWaitsForTheLingerTimeOtherwise() {
        var core = Self.core()
        expect(Self.append(&core, .afterLinger))
        expect(Self.sleepMilliseconds(&core) == .some(6))
        guard case .send = core.nextStep(ofBroker: 1, now: Self.later(6)) else { return expect(false) }
    }

    // MARK: Expiry

    @Test func expiryIsSearchedForWhenTheOldestBatchExpires() {
        var core = Self.core { $0.deliveryTimeoutMilliseconds = 3000 }
        expect(core.nextExpiry(now: Self.now) == Self.later(3000))
        Self.append(&core)
        expect(core.nextExpiry(now: Self.later(1000)) == Self.later(3000))
        // It expires when its response has arrived.
        _ = core.flush(now: Self.now)
        expect(core.nextExpiry(now: Self.later(4000)) == Self.later(4100))
        var unlimited = Self.core { $0.deliveryTimeoutMilliseconds = nil }
        Self.append(&unlimited)
        expect(unlimited.nextExpiry(now: Self.now) == nil)
    }
}
