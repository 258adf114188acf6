import ConnectData
import HTTPWire
import WireCore
import WireStreams

/// `/connector-plugins` and what lies below.
extension RESTService {
    func listPlugins(_ query: QueryParameters) -> HTTPResponse {
        let listsConnectorsOnly = query.values("connectorsOnly").first.map { $0.lowercased() == "true" } ?? true
        let list = PluginKind.allCases
            .filter { $0.isConnector || !listsConnectorsOnly && $0 != .configProvider }
            .flatMap { plugins.plugins($0) }
        return json(
            200,
            .array(
                list.map { plugin in
                    var members: [(name: String, value: JSONValue)] = [
                        ("class", .string(plugin.className)), ("type", .string(plugin.kind.rawValue)),
                    ]
                    let version = plugin.version()
                    if !version.isEmpty { members.append(("version", .string(version))) }
                    return .object(JSONObject(members))
                }))
    }

    func showPluginConfig(_ name: String, _ query: QueryParameters) throws -> HTTPResponse {
        guard let plugin = plugins.plugin(named: name) else { throw RESTError(404, "Unknown plugin \(name).") }
        if let wanted = query.values("version").first {
            do throws(PluginVersionRange.SyntaxError) {
                _ = try PluginVersionRange(wanted)
            } catch {
                throw RESTError(400, "Invalid version specification: \(wanted)")
            }
            if let message = plugins.versionError(of: plugin, wanted) { throw RESTError(400, message) }
        }
        var keys = plugin.properties().definition.keys
        if let kind = plugin.connectorKind {
            let taken = Set(keys.map(\.name))
            keys += ConnectorProperties(plugins: plugins).definition(of: kind, connectorVersion: plugin.version()).keys
                .filter { !taken.contains($0.name) }
        }
        return json(200, .array(keys.map(RESTDocuments.definition)))
    }

    func validate(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        let body = try RequestBody.configuration(request)
        let config = body.config
        if let className = config["connector.class"], !Self.normalized(className).hasSuffix(Self.normalized(name)) {
            throw RESTError(400, "Included connector type \(className) does not match request type \(name)")
        }
        let validation: ConnectorConfigValidator.Validation
        do {
            validation = try self.validation(of: config, nullNames: body.nullNames)
        } catch let error as RESTError {
            // Here Connect reports a bad request as an internal error, and names the class of every error.
            let name =
                error.status == 500
                ? "org.apache.kafka.common.config.ConfigException"
                : "org.apache.kafka.connect.runtime.rest.errors.BadRequestException"
            throw RESTError(500, "\(name): \(error.message)")
        } catch HerderError.timedOut(let stage) {
            // Here Connect's text ends without a period.
            throw RESTError(500, "Request timed out. \(stage.summary)")
        }
        return json(200, RESTDocuments.validation(validation.className, validation.result, groups: validation.groups))
    }

    private static func normalized(_ className: String) -> String {
        let suffix = "Connector"
        return className.hasSuffix(suffix) ? String(className.dropLast(suffix.count)) : className
    }

    /// Validates a configuration on a thread of its own: a plugin that does not return delays no other request.
    ///
    /// - Parameter nullNames: members that were given without a value.
    /// - Throws: what `ConnectorConfigValidator` throws, and `HerderError.timedOut`.
    func validation(
        of config: ConnectorConfig, nullNames: [String]
    ) throws -> ConnectorConfigValidator.Validation {
        let validator = ConnectorConfigValidator(plugins: plugins, worker: configuration)
        let stage = Monitor(WorkerStage("waiting for a new thread to become available for connector validation"))
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: configuration.requestMilliseconds)
        let outcome = PluginThread.run(named: "connector-validation", until: deadline) {
            Result { () throws(RESTError) in
                try validator.validate(config, nullNames: nullNames) { text in
                    stage.update { $0 = WorkerStage(text) }
                }
            }
        }
        guard let outcome else { throw HerderError.timedOut(stage.withLock { $0 }) }
        return try outcome.get()
    }
}
