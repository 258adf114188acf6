import Synchronization

/// A named source of log lines, for example `io.debezium.connector.mysql.MySqlConnectorTask`.
///
/// `context` is Connect's bracketed prefix, for example `[inventory|task-0] `. Loggers are values and cheap to copy. A
/// call below the logger's level costs one atomic load, and its message is not built. Creating a logger takes a lock.
/// Never log per row.
@usableFromInline package struct Logger: Sendable {
    @usableFromInline package let name: String
    @usableFromInline package let context: String
    @usableFromInline let system: LogSystem
    @usableFromInline let threshold: LogSystem.Threshold

    package init(_ name: String, context: String = "", system: LogSystem = .shared) {
        self.name = name
        self.context = context
        self.system = system
        threshold = system.threshold(of: name)
    }

    private init(_ other: Logger, context: String) {
        name = other.name
        self.context = context
        system = other.system
        threshold = other.threshold
    }

    /// The same logger with another prefix.
    package func with(context: String) -> Logger { Logger(self, context: context) }

    @inlinable package func isEnabled(_ level: LogLevel) -> Bool {
        level.rawValue >= threshold.rawLevel.load(ordering: .relaxed)
    }

    @inlinable package func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard isEnabled(level) else { return }
        system.write(level: level, logger: name, context: context, message: message())
    }

    @inlinable package func debug(_ message: @autoclosure () -> String) { log(.debug, message()) }
    @inlinable package func info(_ message: @autoclosure () -> String) { log(.info, message()) }
    @inlinable package func warn(_ message: @autoclosure () -> String) { log(.warn, message()) }
    @inlinable package func error(_ message: @autoclosure () -> String) { log(.error, message()) }
}
