/// The severity of a log line. The names are log4j's, because Connect's REST API (`/admin/loggers`) uses them.
@usableFromInline package enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    /// Only a logger's level, not a line's: everything is logged, as with `trace`.
    case all
    case trace, debug, info, warn, error, fatal
    /// Only a logger's level, not a line's: nothing is logged.
    case off

    @usableFromInline package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    package var name: String {
        switch self {
        case .all: "ALL"
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        case .off: "OFF"
        }
    }

    /// - Parameter name: in upper or lower case. Returns nil if it is not a level.
    package init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
        self = level
    }
}
