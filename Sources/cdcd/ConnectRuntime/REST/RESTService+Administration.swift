import HTTPWire
import WireCore
import WireStreams

/// `/admin/loggers` and `/metrics`.
extension RESTService {
    private static let administrationLogger = Logger("org.apache.kafka.connect.runtime.rest.resources.LoggingResource")

    func showLoggers() -> HTTPResponse {
        var object = JSONObject()
        for state in LogSystem.shared.loggers { object[state.name] = Self.document(state) }
        return json(200, .object(object))
    }

    func showLogger(_ name: String) throws -> HTTPResponse {
        guard let state = LogSystem.shared.logger(named: name) else {
            throw RESTError(404, "Logger \(name) not found.")
        }
        return json(200, Self.document(state))
    }

    private static func document(_ state: LogSystem.LoggerState) -> JSONValue {
        .object([
            "level": .string(state.level.name),
            "last_modified": state.lastModifiedMilliseconds.map { .integer($0) } ?? .null,
        ])
    }

    /// Sets a level on this worker, or with `scope=cluster` on all of the group, by a record of the config topic.
    func setLoggerLevel(_ name: String, _ request: HTTPRequest, _ query: QueryParameters) throws -> HTTPResponse {
        let document = try RequestBody.document(request)
        guard case .object(let members) = document else {
            throw RESTError(500, "The body has to be a JSON object with \"level\".")
        }
        let text: String
        switch members["level"] ?? .null {
        case .null: throw RESTError(400, "Desired 'level' parameter was not specified in request.")
        case .string(let level): text = level
        case .bool(let flag): text = flag ? "true" : "false"
        case .integer, .double, .array, .object: throw RESTError(500, "\"level\" has to be a text.")
        }
        guard let level = LogLevel(name: text) else { throw RESTError(404, "invalid log level '\(text)'.") }
        let scope = query.values("scope").first ?? "worker"
        switch scope.lowercased() {
        case "cluster":
            try perform(.change(.setLoggerLevel(name, level)))
            return HTTPResponse(status: 204)
        case "worker": break
        default:
            Self.administrationLogger.warn(
                "Received invalid scope '\(scope)' in request to adjust level for logger \(name); will default to worker")
        }
        let changed = LogSystem.shared.setLevel(level, of: name, nowMilliseconds: WallTime.now.epochMilliseconds)
        return json(200, .array(changed.map { .string($0) }))
    }

    func showMetrics() -> HTTPResponse {
        var families = MetricsRegistry.shared.snapshot()
        if let environment = readiness.withLock({ $0.environment }) {
            families += WorkerMetrics.families(
                environment.configs.snapshot, environment.statuses.snapshot,
                generation: environment.identity.generation)
        }
        return HTTPResponse(
            status: 200, headers: [HTTPRequest.Header(name: "Content-Type", value: PrometheusText.contentType)],
            body: PrometheusText.encode(families.sorted { $0.name < $1.name }))
    }
}
