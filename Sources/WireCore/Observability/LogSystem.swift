import Synchronization

/// Writes log lines. The handler determines the format of a line.
package protocol LogHandler: Sendable {
    func write(level: LogLevel, logger: String, context: String, message: String)

    /// Waits until all lines written so far have left the process, or the time has passed.
    func flush(timeoutMilliseconds: Int)
}

extension LogHandler {
    /// A handler without a buffer has nothing to wait for.
    package func flush(timeoutMilliseconds: Int) {}
}

/// The process's logging: one handler, and a level for each named logger.
///
/// Levels form a hierarchy as in log4j: a new logger takes the level that was set for the longest dotted prefix of its
/// name, or the root's. They can change at any time; loggers that exist already follow.
@usableFromInline package final class LogSystem: Sendable {
    package static let shared = LogSystem()

    /// The name of the hierarchy's top.
    package static let rootName = "root"

    /// What `/admin/loggers` shows of a logger.
    package struct LoggerState: Equatable, Sendable {
        package let name: String
        package let level: LogLevel
        /// Milliseconds since 1970; nil if the level is the one that the process started with.
        package let lastModifiedMilliseconds: Int64?
    }

    /// The level of all `Logger`s of one name. Log calls read it without a lock.
    @usableFromInline final class Threshold: Sendable {
        @usableFromInline let rawLevel: Atomic<Int>

        init(_ level: LogLevel) { rawLevel = Atomic(level.rawValue) }

        var level: LogLevel {
            get { LogLevel(rawValue: rawLevel.load(ordering: .relaxed)) ?? .info }
            set { rawLevel.store(newValue.rawValue, ordering: .relaxed) }
        }
    }

    private struct Entry {
        let threshold: Threshold
        var lastModifiedMilliseconds: Int64?
        /// Set for this name, so that loggers below it inherit it.
        var isExplicit = false
    }

    private struct Levels {
        var root = Entry(threshold: Threshold(.info), isExplicit: true)
        var named: [String: Entry] = [:]

        /// The entry from which a new logger inherits.
        func parent(of name: String) -> Entry {
            var prefix = Substring(name)
            while let dot = prefix.lastIndex(of: ".") {
                prefix = prefix[..<dot]
                if let entry = named[String(prefix)], entry.isExplicit { return entry }
            }
            return root
        }
    }

    private let levels = Mutex(Levels())
    private let handler = Mutex<(any LogHandler)?>(nil)
    private let redaction = Mutex(LogRedaction())

    package init() {}

    /// The root's level. Setting it sets every logger's, as when the process starts.
    package var level: LogLevel {
        get { levels.withLock { $0.root.threshold.level } }
        set {
            levels.withLock { levels in
                levels.root.threshold.level = newValue
                for entry in levels.named.values { entry.threshold.level = newValue }
            }
        }
    }

    /// Replaces the handler. Without a handler nothing is written: libraries are silent by default.
    package func install(_ newHandler: any LogHandler) { handler.withLock { $0 = newHandler } }

    /// Replaces values in all messages from now on, each by its substitute. See `LogRedaction` for the values that are
    /// not replaced.
    package func redact(_ values: [(value: String, substitute: String)]) {
        redaction.withLock { redaction in
            for (value, substitute) in values { redaction.add(value, substitute) }
        }
    }

    /// A text as it may be logged or shown.
    package func redacted(_ text: String) -> String { redaction.withLock { $0 }.applied(to: text) }

    /// Flushes the handler, and waits at most the given time. Call it before the process ends.
    package func flush(timeoutMilliseconds: Int) {
        handler.withLock { $0 }?.flush(timeoutMilliseconds: timeoutMilliseconds)
    }

    // MARK: Levels

    /// All loggers that exist, and the root, ordered by name.
    package var loggers: [LoggerState] {
        levels.withLock { levels in
            let named = levels.named.map { Self.state($0.key, $0.value) }
            return (named + [Self.state(Self.rootName, levels.root)]).sorted { $0.name < $1.name }
        }
    }

    /// Returns nil if no logger has this name and no level was set for it.
    package func logger(named name: String) -> LoggerState? {
        levels.withLock { levels in
            if Self.isRoot(name) { return Self.state(Self.rootName, levels.root) }
            return levels.named[name].map { Self.state(name, $0) }
        }
    }

    /// Sets the level of a logger and of all loggers whose name begins with its name (Connect compares without regard
    /// to dots), or of all loggers if the name is `root`.
    ///
    /// - Returns: the names of those whose level changed, sorted.
    package func setLevel(_ level: LogLevel, of name: String, nowMilliseconds: Int64) -> [String] {
        levels.withLock { levels in
            var changed: [String] = []
            func set(_ entry: inout Entry, _ name: String) {
                entry.isExplicit = true
                guard entry.threshold.level != level else { return }
                entry.threshold.level = level
                entry.lastModifiedMilliseconds = nowMilliseconds
                changed.append(name)
            }
            let isRoot = Self.isRoot(name)
            if isRoot {
                set(&levels.root, Self.rootName)
            } else if levels.named[name] == nil {
                levels.named[name] = Entry(threshold: Threshold(levels.parent(of: name).threshold.level))
                // A logger that is created by being set is listed even if it inherits the same level.
                if levels.parent(of: name).threshold.level == level { changed.append(name) }
            }
            for key in levels.named.keys where isRoot || key.hasPrefix(name) {
                guard var entry = levels.named[key] else { continue }
                set(&entry, key)
                levels.named[key] = entry
            }
            return changed.sorted()
        }
    }

    private static func isRoot(_ name: String) -> Bool { name.lowercased() == rootName }

    private static func state(_ name: String, _ entry: Entry) -> LoggerState {
        LoggerState(
            name: name, level: entry.threshold.level, lastModifiedMilliseconds: entry.lastModifiedMilliseconds)
    }

    /// The level that all loggers of this name share.
    func threshold(of name: String) -> Threshold {
        levels.withLock { levels in
            if let entry = levels.named[name] { return entry.threshold }
            let threshold = Threshold(levels.parent(of: name).threshold.level)
            levels.named[name] = Entry(threshold: threshold)
            return threshold
        }
    }

    @usableFromInline
    func write(level: LogLevel, logger: String, context: String, message: String) {
        let current = handler.withLock { $0 }
        current?.write(level: level, logger: logger, context: context, message: redacted(message))
    }
}
