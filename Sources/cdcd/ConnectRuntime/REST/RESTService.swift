import ConnectData
import HTTPWire
import WireCore
import WireStreams

/// Connect's REST API: finds the endpoint of a request, lets it answer, and puts errors into Connect's form.
///
/// Answers as soon as the port listens; what needs the internal topics waits until they are read.
final class RESTService: Sendable {
    /// What is known only once the worker has started.
    struct Readiness: Sendable {
        var clusterID: String??
        var environment: WorkerEnvironment?
        /// Why nothing will ever be known.
        var isOver = false
    }

    let configuration: WorkerConfiguration
    let plugins: PluginRegistry
    let herder: Herder
    let readiness = Monitor(Readiness())
    private let requestGuard: RequestGuard
    private let waitMilliseconds: Int
    private static let logger = Logger("org.apache.kafka.connect.runtime.rest.RestServer")

    init(
        configuration: WorkerConfiguration, plugins: PluginRegistry, herder: Herder,
        waitMilliseconds: Int = 90_000
    ) {
        self.configuration = configuration
        self.plugins = plugins
        self.herder = herder
        self.waitMilliseconds = waitMilliseconds
        requestGuard = RequestGuard(configuration)
    }

    /// Waits until the stores are read.
    func environment() throws -> WorkerEnvironment {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: waitMilliseconds)
        let found = readiness.wait(until: deadline) { state -> WorkerEnvironment?? in
            if let environment = state.environment { return .some(environment) }
            return state.isOver ? .some(nil) : nil
        }
        switch found {
        case .some(.some(let environment)): return environment
        case .some(.none): throw HerderError.shuttingDown
        case .none: throw HerderError.timedOut(stage: herder.stage)
        }
    }

    // MARK: Requests

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        var response = errorsAnswered(request)
        response.headers = requestGuard.headers(for: request) + response.headers
        return response
    }

    private func errorsAnswered(_ request: HTTPRequest) -> HTTPResponse {
        do {
            try requestGuard.check(request)
            return try route(request)
        } catch let error as RESTError {
            return json(error.status, RESTDocuments.error(error))
        } catch let error as HerderError {
            let error = RESTError(error)
            return json(error.status, RESTDocuments.error(error))
        } catch {
            Self.logger.error("Uncaught exception in REST call to \(request.path): \(error)")
            return json(500, RESTDocuments.error(RESTError(500, "\(error)")))
        }
    }

    private func route(_ request: HTTPRequest) throws -> HTTPResponse {
        let endpoint = try RESTEndpoint(path: request.path)
        if request.method == "OPTIONS" { return options(endpoint) }
        let method = request.method == "HEAD" ? "GET" : request.method
        guard endpoint.methods.contains(method) else {
            throw RESTError(405, "HTTP 405 Method Not Allowed")
        }
        try ContentNegotiation.check(request)
        try checkMembership(endpoint, method)
        let query = QueryParameters(request.query)
        switch endpoint {
        case .root: return try root()
        case .health: return health()
        case .connectors: return method == "POST" ? try create(request) : try list(query)
        case .connector(let name): return method == "DELETE" ? try delete(name) : try show(name)
        case .connectorConfig(let name):
            switch method {
            case "PUT": return try put(name, request)
            case "PATCH": return try patch(name, request)
            default: return try showConfig(name)
            }
        case .connectorStatus(let name): return try showStatus(name)
        case .connectorTasks(let name):
            if method == "POST" { return try refuseInternal(request, "POST /connectors/{connector}/tasks") }
            return try showTasks(name)
        case .taskStatus(let id): return try showTaskStatus(id)
        case .taskRestart(let id):
            _ = try herder.perform(.restartTask(id))
            return HTTPResponse(status: 204)
        case .connectorRestart(let name): return try restart(name, query)
        case .connectorPause(let name):
            _ = try herder.perform(.change(.setTargetState(name, .paused)))
            return HTTPResponse(status: 202)
        case .connectorResume(let name):
            _ = try herder.perform(.change(.setTargetState(name, .started)))
            return HTTPResponse(status: 202)
        case .connectorStop(let name):
            _ = try herder.perform(.change(.stopConnector(name)))
            return HTTPResponse(status: 204)
        case .connectorTopics(let name): return try showTopics(name)
        case .connectorTopicsReset(let name): return try resetTopics(name)
        case .connectorOffsets(let name):
            switch method {
            case "PATCH": return try alterOffsets(name, request)
            case "DELETE": return try resetOffsets(name)
            default: return try showOffsets(name)
            }
        case .connectorFence: return try refuseInternal(request, "PUT /connectors/{connector}/fence")
        case .plugins: return listPlugins(query)
        case .pluginConfig(let name): return try showPluginConfig(name, query)
        case .pluginValidation(let name): return try validate(name, request)
        case .loggers: throw notBuilt("GET /admin/loggers")
        case .logger: throw notBuilt("\(method) /admin/loggers/{logger}")
        }
    }

    /// Refuses what changes something while the worker is outside of its group, before it waits for the herder.
    private func checkMembership(_ endpoint: RESTEndpoint, _ method: String) throws(RESTError) {
        guard method != "GET", let reason = readiness.withLock({ $0.environment?.presence.absence }) else { return }
        if case .pluginValidation = endpoint { return }
        throw RESTError(.outsideGroup(reason: reason))
    }

    func json(_ status: Int, _ value: JSONValue, headers: [HTTPRequest.Header] = []) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [HTTPRequest.Header(name: "Content-Type", value: "application/json")] + headers,
            body: value.encoded())
    }

    private func options(_ endpoint: RESTEndpoint) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [
                HTTPRequest.Header(name: "Content-Type", value: "text/plain"),
                HTTPRequest.Header(name: "Allow", value: endpoint.allowed.joined(separator: ",")),
            ], body: Array(endpoint.allowed.joined(separator: ", ").utf8))
    }

    private func notBuilt(_ endpoint: String) -> RESTError {
        RESTError(501, "The endpoint \(endpoint) is not supported by cdcd yet.")
    }

    /// What only workers call, signed with the session key.
    private func refuseInternal(_ request: HTTPRequest, _ endpoint: String) throws -> HTTPResponse {
        try InternalRequestSignature.check(request, key: try environment().configs.snapshot.sessionKey)
        throw notBuilt(endpoint)
    }

    // MARK: The worker itself

    private func root() throws -> HTTPResponse {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: waitMilliseconds)
        let found = readiness.wait(until: deadline) { state -> String?? in
            if let id = state.clusterID { return .some(id) }
            return state.isOver ? .some(nil) : nil
        }
        guard let clusterID = found else {
            throw HerderError.timedOut(stage: herder.stage)
        }
        return json(200, .object([
            "version": .string(ConnectVersion.version), "commit": .string(ConnectVersion.commit),
            "kafka_cluster_id": clusterID.map(JSONValue.string) ?? .null,
        ]))
    }

    private func health() -> HTTPResponse {
        let isStarted = readiness.withLock { $0.environment != nil }
        do {
            guard isStarted else { throw RESTError(503, "") }
            if let reason = readiness.withLock({ $0.environment?.presence.absence }) {
                return unhealthy("The worker is currently ensuring membership in the cluster. \(reason).")
            }
            _ = try herder.perform(.ping, timeoutMilliseconds: 10_000)
            if let (id, reason) = readiness.withLock({ $0.environment })?.committer.interruption {
                return json(500, .object([
                    "status": .string("unhealthy"), "message": .string("Task \(id): \(reason)"),
                ]))
            }
            return json(200, .object([
                "status": .string("healthy"),
                "message": .string("Worker has completed startup and is ready to handle requests."),
            ]))
        } catch {
            let stage = "The worker is currently \(herder.stage)."
            guard isStarted else {
                return json(503, .object([
                    "status": .string("starting"), "message": .string("Worker is still starting up. \(stage)"),
                ]))
            }
            return unhealthy(stage)
        }
    }

    private func unhealthy(_ why: String) -> HTTPResponse {
        json(500, .object([
            "status": .string("unhealthy"),
            "message": .string("Worker was unable to handle this request and may be unable to handle other requests. \(why)"),
        ]))
    }
}
