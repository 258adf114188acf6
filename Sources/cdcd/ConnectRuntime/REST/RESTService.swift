import ConnectData
import HTTPWire
import WireCore
import WireStreams

/// Connect's REST API: finds the endpoint of a request, calls its handler, and encodes errors as Connect does.
///
/// Responds as soon as the port listens; requests that need the internal topics wait until they are read.
final class RESTService: Sendable {
    /// How far the worker's start has progressed, and whether the worker is stopping.
    enum Readiness: Sendable {
        /// No broker has answered yet.
        case starting
        /// The cluster's id is known; nil if the brokers have none.
        case connected(clusterID: String?)
        case ready(clusterID: String?, WorkerEnvironment)
        /// The worker is stopping; it keeps what it had before.
        case stopping(clusterID: String?, WorkerEnvironment?)

        var environment: WorkerEnvironment? {
            switch self {
            case .starting, .connected: nil
            case .ready(_, let environment): environment
            case .stopping(_, let environment): environment
            }
        }

        mutating func connected(to clusterID: String?) {
            if case .starting = self { self = .connected(clusterID: clusterID) }
        }

        mutating func becomeReady(_ environment: WorkerEnvironment) {
            switch self {
            case .starting: self = .ready(clusterID: nil, environment)
            case .connected(let clusterID), .ready(let clusterID, _): self = .ready(clusterID: clusterID, environment)
            case .stopping(let clusterID, _): self = .stopping(clusterID: clusterID, environment)
            }
        }

        mutating func end() {
            switch self {
            case .starting: self = .stopping(clusterID: nil, nil)
            case .connected(let clusterID): self = .stopping(clusterID: clusterID, nil)
            case .ready(let clusterID, let environment): self = .stopping(clusterID: clusterID, environment)
            case .stopping: break
            }
        }
    }

    let configuration: WorkerConfiguration
    let plugins: PluginRegistry
    let herder: Herder
    let readiness = Monitor(Readiness.starting)
    private let requestGuard: RequestGuard
    private static let logger = Logger("org.apache.kafka.connect.runtime.rest.RestServer")

    init(configuration: WorkerConfiguration, plugins: PluginRegistry, herder: Herder) {
        self.configuration = configuration
        self.plugins = plugins
        self.herder = herder
        requestGuard = RequestGuard(configuration)
    }

    /// Waits until the stores are read.
    func environment() throws -> WorkerEnvironment {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: configuration.requestMilliseconds)
        let reached = readiness.wait(until: deadline) { state -> Readiness? in
            switch state {
            case .starting, .connected: nil
            case .ready, .stopping: state
            }
        }
        guard let reached else { throw HerderError.timedOut(herder.stage) }
        guard let environment = reached.environment else { throw HerderError.shuttingDown }
        return environment
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
        let (endpoint, parameters) = try RESTEndpoint.find(request.path)
        if request.method == "OPTIONS" { return options(endpoint) }
        let method = request.method == "HEAD" ? "GET" : request.method
        guard let operation = endpoint.operation(method) else { throw RESTError(405, "HTTP 405 Method Not Allowed") }
        if operation.isJSON { try ContentNegotiation.check(request) }
        // Before the call waits for the herder.
        if operation.needsMembership, let reason = readiness.withLock({ $0.environment?.presence.absence }) {
            throw HerderError.outsideGroup(reason: reason)
        }
        return try operation.handler(self, RESTCall(request, parameters: parameters))
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
                HTTPRequest.Header(name: "Allow", value: endpoint.allowedMethods.joined(separator: ",")),
            ], body: Array(endpoint.allowedMethods.joined(separator: ", ").utf8))
    }

    /// Responds to a request that only other workers send, signed with the session key.
    func refuseInternal(_ request: HTTPRequest, _ endpoint: String) throws -> HTTPResponse {
        try InternalRequestSignature.check(request, key: try environment().configs.snapshot.sessionKey)
        throw RESTError(501, "The endpoint \(endpoint) is not supported by cdcd yet.")
    }

    // MARK: The worker itself

    func showWorker() throws -> HTTPResponse {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: configuration.requestMilliseconds)
        let reached = readiness.wait(until: deadline) { state -> Readiness? in
            if case .starting = state { nil } else { state }
        }
        switch reached {
        case nil, .starting: throw HerderError.timedOut(herder.stage)
        case .connected(let clusterID), .ready(let clusterID, _), .stopping(let clusterID, _):
            return json(200, .object([
                "version": .string(ConnectVersion.version), "commit": .string(ConnectVersion.commit),
                "kafka_cluster_id": clusterID.map(JSONValue.string) ?? .null,
            ]))
        }
    }

    func showHealth() -> HTTPResponse {
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
            let stage = herder.stage.summary + "."
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
