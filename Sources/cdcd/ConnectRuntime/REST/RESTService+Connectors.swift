import ConnectData
import HTTPWire
import WireCore

/// `/connectors` and what lies below.
extension RESTService {
    /// `source` or `sink`; `unknown` if the connector or its class does not exist.
    private func type(of config: ConnectorConfig?) -> String {
        config.flatMap { plugins.connector(named: $0["connector.class"] ?? "") }?.kind.rawValue ?? "unknown"
    }

    private func document(_ name: String, in view: ConfigView) throws(RESTError) -> JSONValue {
        guard let config = view.connectors[name] else { throw .connectorNotFound(name) }
        return RESTDocuments.connector(name, config, tasks: view.tasks(of: name), type: type(of: config))
    }

    private func statusDocument(_ name: String, _ statuses: StatusView, _ view: ConfigView) -> JSONValue? {
        guard let status = statuses.connectors[name] else { return nil }
        return RESTDocuments.status(
            name, status, tasks: statuses.tasks(of: name), type: type(of: view.connectors[name]))
    }

    private func stored(_ name: String) throws -> ConnectorConfig {
        guard let config = try environment().configs.snapshot.connectors[name] else {
            throw RESTError.connectorNotFound(name)
        }
        return config
    }

    // MARK: Reading

    func list(_ query: QueryParameters) throws -> HTTPResponse {
        let environment = try environment()
        let view = environment.configs.snapshot
        let expansions = query.values("expand")
        guard !expansions.isEmpty else {
            return json(200, .array(view.connectors.names.map { .string($0) }))
        }
        let statuses = environment.statuses.snapshot
        var documents = JSONObject()
        for name in view.connectors.names {
            var parts = JSONObject()
            if expansions.contains("status") {
                // Connect leaves a connector out whose status is not known yet.
                guard let status = statusDocument(name, statuses, view) else { continue }
                parts["status"] = status
            }
            if expansions.contains("info") { parts["info"] = try document(name, in: view) }
            documents[name] = .object(parts)
        }
        return json(200, .object(documents))
    }

    func show(_ name: String) throws -> HTTPResponse {
        json(200, try document(name, in: try environment().configs.snapshot))
    }

    func showConfig(_ name: String) throws -> HTTPResponse {
        json(200, try stored(name).json)
    }

    func showStatus(_ name: String) throws -> HTTPResponse {
        let environment = try environment()
        guard let document = statusDocument(name, environment.statuses.snapshot, environment.configs.snapshot) else {
            throw RESTError(404, "No status found for connector \(name)")
        }
        return json(200, document)
    }

    func showTasks(_ name: String) throws -> HTTPResponse {
        let view = try environment().configs.snapshot
        guard view.connectors[name] != nil else { throw RESTError.connectorNotFound(name) }
        return json(200, .array(view.tasks(of: name).map { id in
            RESTDocuments.taskInfo(id, view.taskConfig(id) ?? ConnectorConfig())
        }))
    }

    func showTaskStatus(_ id: TaskID) throws -> HTTPResponse {
        guard let status = try environment().statuses.snapshot.tasks[id] else {
            throw RESTError(404, "No status found for task \(id)")
        }
        return json(200, RESTDocuments.task(id, status))
    }

    func showTopics(_ name: String) throws -> HTTPResponse {
        guard configuration.topicTrackingEnabled else { throw RESTError(403, "Topic tracking is disabled.") }
        let topics = try environment().statuses.snapshot.topics(of: name)
        return json(200, .object([name: .object(["topics": .array(topics.map { .string($0) })])]))
    }

    func resetTopics(_ name: String) throws -> HTTPResponse {
        guard configuration.topicTrackingEnabled else { throw RESTError(403, "Topic tracking is disabled.") }
        guard configuration.topicTrackingResetAllowed else { throw RESTError(403, "Topic tracking reset is disabled.") }
        try environment().statuses.removeTopics(of: name)
        return HTTPResponse(status: 202)
    }

    // MARK: Changing

    func create(_ request: HTTPRequest) throws -> HTTPResponse {
        let body = try RequestBody.creation(request)
        let config = try validated(body.name, body.configuration)
        _ = try environment()
        let (isNew, _) = try herder.putConnector(body.name, config, initialState: body.initialState, mayReplace: false)
        return answer(to: request, stored: body.name, config, isNew: isNew, tasks: [])
    }

    func put(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        try store(name, try RequestBody.configuration(request), request)
    }

    func patch(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        let changes = try RequestBody.configuration(request)
        let merged = try stored(name).merging(changes.members)
        var configuration = changes
        configuration.members = merged.names.map { (name: $0, value: merged[$0]) }
        return try store(name, configuration, request)
    }

    private func store(
        _ name: String, _ body: RequestBody.Configuration, _ request: HTTPRequest
    ) throws -> HTTPResponse {
        let config = try validated(name, body)
        _ = try environment()
        let (isNew, tasks) = try herder.putConnector(name, config, initialState: nil, mayReplace: true)
        return answer(to: request, stored: name, config, isNew: isNew, tasks: tasks)
    }

    private func answer(
        to request: HTTPRequest, stored name: String, _ config: ConnectorConfig, isNew: Bool, tasks: [TaskID]
    ) -> HTTPResponse {
        let document = RESTDocuments.connector(name, config, tasks: tasks, type: type(of: config))
        guard isNew else { return json(200, document) }
        let host = request.header("Host").flatMap { $0.isEmpty ? nil : $0 } ?? configuration.workerID
        let location = "http://\(host)/connectors/\(PercentEncoding.encodeSegment(name))"
        return json(201, document, headers: [HTTPRequest.Header(name: "Location", value: location)])
    }

    func delete(_ name: String) throws -> HTTPResponse {
        try perform(.change(.deleteConnector(name)))
        return HTTPResponse(status: 204)
    }

    /// Sends a request to the herder once the stores are read. Earlier, the group has not assigned anything yet, and
    /// the herder would refuse it as a worker that does not lead its group.
    func perform(_ request: HerderRequest) throws {
        _ = try environment()
        _ = try herder.perform(request)
    }

    func pause(_ name: String) throws -> HTTPResponse {
        try perform(.change(.setTargetState(name, .paused)))
        return HTTPResponse(status: 202)
    }

    func resume(_ name: String) throws -> HTTPResponse {
        try perform(.change(.setTargetState(name, .started)))
        return HTTPResponse(status: 202)
    }

    func stop(_ name: String) throws -> HTTPResponse {
        try perform(.change(.stopConnector(name)))
        return HTTPResponse(status: 204)
    }

    func restartTask(_ id: TaskID) throws -> HTTPResponse {
        try perform(.restartTask(id))
        return HTTPResponse(status: 204)
    }

    func restart(_ name: String, _ query: QueryParameters) throws -> HTTPResponse {
        let environment = try environment()
        let request = RestartRequest(
            connector: name, includesTasks: query.isTrue("includeTasks"), onlyFailed: query.isTrue("onlyFailed"))
        guard request.includesTasks || request.onlyFailed else {
            _ = try herder.perform(.restartConnector(name))
            return HTTPResponse(status: 204)
        }
        let announced = try herder.restart(request, environment.statuses.snapshot).announced
        let type = type(of: environment.configs.snapshot.connectors[name])
        return json(202, RESTDocuments.status(name, announced.connector, tasks: announced.tasks, type: type))
    }

    /// The configuration with its name in it, once nothing is wrong with it.
    private func validated(_ name: String, _ body: RequestBody.Configuration) throws -> ConnectorConfig {
        var config = body.config
        if let given = config["name"] {
            guard given.isExactly(name) else {
                throw RESTError(
                    400, "Connector name configuration (\(given)) doesn't match connector name in the URL (\(name))")
            }
        } else {
            config["name"] = name
        }
        let validation = try validation(of: config, nullNames: body.nullNames)
        let errors = validation.result.values.flatMap(\.errors)
        guard errors.isEmpty else {
            let list = errors.map { "\n" + $0 }.joined()
            throw RESTError(
                400, "Connector configuration is invalid and contains the following \(errors.count) error(s):\(list)\n"
                    + "You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`")
        }
        for warning in validation.result.warnings {
            Logger(Herder.workerLoggerName, context: "[\(name)|worker] ").warn(warning)
        }
        return config
    }
}
