/// The severity of a log line. The names are log4j's, because Connect's REST API (`/admin/loggers`) uses them.
@usableFromInline package enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    /// Not the level of a line: as a logger's level it lets everything through, as `trace` does.
    case all
    case trace, debug, info, warn, error, fatal
    /// Not the level of a line: as a logger's level it lets nothing through.
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
