import ConnectData
import HTTPWire
import WireCore

/// The bodies of answers, members in the order in which Connect writes them.
enum RESTDocuments {
    static func error(_ error: RESTError) -> JSONValue {
        .object([
            "error_code": .integer(Int64(error.status)), "message": .string(LogSystem.shared.redacted(error.message)),
        ])
    }

    static func connector(_ name: String, _ config: ConnectorConfig, tasks: [TaskID], type: String) -> JSONValue {
        let list = tasks.map { id in
            JSONValue.object(["connector": .string(id.connector), "task": .integer(Int64(id.task))])
        }
        return .object([
            "name": .string(name), "config": config.json, "tasks": .array(list),
            "type": .string(type),
        ])
    }

    static func status(
        _ name: String, _ connector: StatusRecord, tasks: [(id: TaskID, status: StatusRecord)], type: String
    ) -> JSONValue {
        .object([
            "name": .string(name), "connector": .object(state(connector)),
            "tasks": .array(tasks.map { task($0.id, $0.status) }), "type": .string(type),
        ])
    }

    static func task(_ id: TaskID, _ status: StatusRecord) -> JSONValue {
        .object(JSONObject([(name: "id", value: .integer(Int64(id.task)))] + state(status).members))
    }

    private static func state(_ status: StatusRecord) -> JSONObject {
        var object: JSONObject = ["state": .string(status.state.rawValue), "worker_id": .string(status.workerID)]
        if let version = status.version { object["version"] = .string(version) }
        if let trace = status.trace, !trace.isEmpty { object["trace"] = .string(trace) }
        return object
    }

    static func taskInfo(_ id: TaskID, _ config: ConnectorConfig) -> JSONValue {
        .object([
            "id": .object(["connector": .string(id.connector), "task": .integer(Int64(id.task))]), "config": config.json,
        ])
    }

    static func offsets(_ offsets: [(partition: JSONObject, offset: JSONObject)]) -> JSONValue {
        .object(["offsets": .array(offsets.map { .object(["partition": .object($0.partition), "offset": .object($0.offset)]) })])
    }

    // MARK: Definitions

    static func definition(_ key: ConfigKey) -> JSONValue {
        .object([
            "name": .string(key.name), "type": .string(key.type.rawValue), "required": .bool(key.isRequired),
            "default_value": text(key.defaultValue), "importance": .string(key.importance.rawValue),
            "documentation": .string(key.documentation), "group": text(key.group),
            "order_in_group": .integer(Int64(key.orderInGroup)), "width": .string(key.width.rawValue),
            "display_name": .string(key.displayName), "dependents": .array(key.dependents.map { .string($0) }),
        ])
    }

    static func configInfo(_ value: ConfigValue) -> JSONValue {
        .object([
            "definition": value.key.map(definition) ?? .null,
            "value": .object([
                "name": .string(value.name), "value": text(value.value),
                "recommended_values": .array((value.key?.recommendedValues ?? []).map { .string($0) }),
                "errors": .array(value.errors.map { .string($0) }), "visible": .bool(value.isVisible),
            ]),
        ])
    }

    static func validation(_ className: String, _ validation: ConfigValidation, groups: [String]) -> JSONValue {
        .object([
            "name": .string(className), "error_count": .integer(Int64(validation.errorCount)),
            "groups": .array(groups.map { .string($0) }), "configs": .array(validation.values.map(configInfo)),
        ])
    }

    private static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}
