import WireCore

/// Limits the lines about something that may concern every record: each of the first ten is logged, then those whose
/// number is a power of ten, with their number.
struct LogCounter {
    private var count = 0
    private var next = 1

    mutating func log(_ logger: Logger, _ level: LogLevel, _ message: @autoclosure () -> String) {
        count += 1
        guard count >= next else { return }
        next = count < 10 ? count + 1 : count.multipliedReportingOverflow(by: 10).partialValue
        let suffix = count > 10 ? " (\(count) times so far)" : ""
        logger.log(level, "\(message())\(suffix)")
    }
}
