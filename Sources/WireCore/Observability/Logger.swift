import Synchronization

/// How serious a line is. The names are log4j's, because Connect's REST API (`/admin/loggers`) speaks them.
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case trace, debug, info, warn, error, fatal, off

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    public var name: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        case .off: "OFF"
        }
    }

    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
        self = level
    }
}

/// Where log lines go. What a line looks like is the handler's affair.
public protocol LogHandler: Sendable {
    func write(level: LogLevel, logger: String, context: String, message: String)

    /// Waits until what was written so far has left the process, at most so long.
    func flush(timeoutMilliseconds: Int)
}

extension LogHandler {
    /// A handler that keeps nothing back has nothing to wait for.
    public func flush(timeoutMilliseconds: Int) {}
}

/// The process's logging: one handler and the level from which lines are written.
public final class LogSystem: Sendable {
    public static let shared = LogSystem()

    private let threshold = Atomic<Int>(LogLevel.info.rawValue)
    private let handler = Mutex<(any LogHandler)?>(nil)

    public init() {}

    public var level: LogLevel {
        get { LogLevel(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
        set { threshold.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Replaces the handler. Without one, nothing is written (libraries are silent by default).
    public func install(_ newHandler: any LogHandler) { handler.withLock { $0 = newHandler } }

    /// To be called before the process ends: waits for the handler, at most so long.
    public func flush(timeoutMilliseconds: Int) {
        handler.withLock { $0 }?.flush(timeoutMilliseconds: timeoutMilliseconds)
    }

    @usableFromInline
    func write(level: LogLevel, logger: String, context: String, message: String) {
        let current = handler.withLock { $0 }
        current?.write(level: level, logger: logger, context: context, message: message)
    }
}

/// A named source of log lines, for example `io.debezium.connector.mysql.MySqlConnectorTask`.
///
/// `context` is Connect's bracketed prefix, for example `[inventory|task-0] `. Loggers are values and cheap to
/// copy; a message is only built when its level is on. Never call one per row.
public struct Logger: Sendable {
    public let name: String
    public let context: String
    private let system: LogSystem

    public init(_ name: String, context: String = "", system: LogSystem = .shared) {
        self.name = name
        self.context = context
        self.system = system
    }

    public func with(context: String) -> Logger { Logger(name, context: context, system: system) }

    public func isEnabled(_ level: LogLevel) -> Bool { level >= system.level }

    public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard isEnabled(level) else { return }
        system.write(level: level, logger: name, context: context, message: message())
    }

    public func debug(_ message: @autoclosure () -> String) { log(.debug, message()) }
    public func info(_ message: @autoclosure () -> String) { log(.info, message()) }
    public func warn(_ message: @autoclosure () -> String) { log(.warn, message()) }
    public func error(_ message: @autoclosure () -> String) { log(.error, message()) }
}
