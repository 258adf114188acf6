import KafkaProtocol
import WireCore
import WireStreams

/// The thread that deletes and compacts segments, synchronizes logs with the disk, and aborts transactions whose time
/// has passed, while the broker runs.
final class LogMaintenance: Sendable {
    private static let logger = Logger("cdcd.broker.LogMaintenance")

    private let topics: TopicRegistry
    private let groups: GroupCoordinator
    private let transactions: TransactionCoordinator
    private let cleanupMilliseconds: Int
    private let flushMilliseconds: Int?
    private let offsetsRetentionMilliseconds: Int64
    private let isStopped = Monitor(false)
    private let thread = ThreadCompletion()

    /// - Parameters:
    ///   - cleanupMilliseconds: the time between two searches for segments to delete or compact.
    ///   - flushMilliseconds: the time after which the groups' changes are written to the disk, if there is a limit.
    init(
        topics: TopicRegistry, groups: GroupCoordinator, transactions: TransactionCoordinator, cleanupMilliseconds: Int,
        flushMilliseconds: Int?, offsetsRetentionMilliseconds: Int64
    ) {
        self.offsetsRetentionMilliseconds = offsetsRetentionMilliseconds
        self.topics = topics
        self.groups = groups
        self.transactions = transactions
        self.cleanupMilliseconds = max(1, cleanupMilliseconds)
        self.flushMilliseconds = flushMilliseconds
    }

    func start() {
        startThread(named: "broker-logs", stackBytes: 512 << 10, completion: thread) { [self] in run() }
    }

    func stop() {
        isStopped.update { $0 = true }
        _ = thread.wait(milliseconds: 5000)
    }

    private func run() {
        var nextCleanup = MonotonicInstant.now.advanced(byMilliseconds: cleanupMilliseconds)
        var nextFlush = MonotonicInstant.now
        while !waitIsStopped(milliseconds: min(cleanupMilliseconds, Self.precisionMilliseconds)) {
            if let flushMilliseconds, nextFlush <= .now {
                do throws(StorageError) {
                    try groups.synchronize()
                    try transactions.synchronize()
                } catch { Self.logger.error("\(error)") }
                nextFlush = .now.advanced(byMilliseconds: flushMilliseconds)
            }
            transactions.handleTimeouts(now: WallTime.now.epochMilliseconds)
            let isCleanupDue = nextCleanup <= .now
            for topic in topics.all {
                for log in topic.partitions where isStopped.withLock({ !$0 }) {
                    maintain(log, isCleanupDue: isCleanupDue)
                }
            }
            if isCleanupDue {
                groups.removeOldOffsets(
                    now: WallTime.now.epochMilliseconds, retentionMilliseconds: offsetsRetentionMilliseconds)
            }
            if isCleanupDue { nextCleanup = .now.advanced(byMilliseconds: cleanupMilliseconds) }
        }
    }

    /// The precision of `flush.ms` and of the timeouts of transactions.
    private static let precisionMilliseconds = 100

    private func waitIsStopped(milliseconds: Int) -> Bool {
        isStopped.wait(until: .now.advanced(byMilliseconds: milliseconds)) { $0 ? true : nil } ?? false
    }

    private func maintain(_ log: PartitionLog, isCleanupDue: Bool) {
        let now = WallTime.now.epochMilliseconds
        do throws(StorageError) {
            try log.finishClosedSegments()
            try log.flushIfDue(now: now)
            guard isCleanupDue else { return }
            _ = try log.deleteOldSegments(now: now)
            if let done = try LogCompaction.run(log, now: now) { Self.logger.info("\(done)") }
        } catch {
            // Deleted meanwhile.
            if log.isDeleted { return }
            Self.logger.error("\(log.directory): \(error)")
        }
    }
}
