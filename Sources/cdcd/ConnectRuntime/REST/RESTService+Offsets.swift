import HTTPWire
import WireCore

/// `/connectors/NAME/offsets`.
extension RESTService {
    func showOffsets(_ name: String) throws -> HTTPResponse {
        let environment = try environment()
        guard environment.configs.snapshot.connectors[name] != nil else { throw RESTError.connectorNotFound(name) }
        try environment.offsets.refresh()
        return json(200, RESTDocuments.offsets(environment.offsets.offsets(of: name)))
    }

    /// PATCH: the body's partitions get the body's offsets, null removes one.
    func alterOffsets(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        let changes = try Self.changes(try RequestBody.document(request, numbersAsText: false))
        _ = try environment()
        try herder.call { try $0.writeOffsets(name, changes) }
        return json(200, Self.done("altered"))
    }

    /// DELETE: all partitions are removed.
    func resetOffsets(_ name: String) throws -> HTTPResponse {
        _ = try environment()
        try herder.call { try $0.writeOffsets(name, nil) }
        return json(200, Self.done("reset"))
    }

    /// Debezium's connectors leave their offsets to the framework and cannot say whether there are others.
    private static func done(_ what: String) -> JSONValue {
        .object(["message": .string(
            "The Connect framework-managed offsets for this connector have been \(what) successfully. However, if this connector "
                + "manages offsets externally, they will need to be manually \(what) in the system that the connector uses.")])
    }

    private static func changes(
        _ document: JSONValue
    ) throws(RESTError) -> [(partition: JSONObject, offset: JSONObject?)] {
        guard case .object(let body) = document else {
            throw RESTError(500, "The body has to be a JSON object with \"offsets\".")
        }
        for name in body.names where name != "offsets" {
            throw RESTError(500, "Unrecognized field \"\(name)\"; known is \"offsets\".")
        }
        let items: [JSONValue]
        switch body["offsets"] ?? .null {
        case .null: items = []
        case .array(let list): items = list
        default: throw RESTError(500, "\"offsets\" has to be an array.")
        }
        guard !items.isEmpty else {
            throw RESTError(400, "Partitions / offsets need to be provided for an alter offsets request")
        }
        var changes: [(partition: JSONObject, offset: JSONObject?)] = []
        for item in items {
            guard let members = item.objectValue, members.names.allSatisfy({ $0 == "partition" || $0 == "offset" }),
                let partition = members["partition"]?.objectValue, isFlat(partition)
            else { throw RESTError(500, "An element of \"offsets\" needs an object \"partition\" of plain values.") }
            switch members["offset"] ?? .null {
            case .null: changes.append((partition: partition, offset: nil))
            case .object(let offset) where isFlat(offset): changes.append((partition: partition, offset: offset))
            default: throw RESTError(500, "\"offset\" has to be null or an object of plain values.")
            }
        }
        return changes
    }

    private static func isFlat(_ object: JSONObject) -> Bool {
        object.members.allSatisfy { $0.value.objectValue == nil && $0.value.arrayValue == nil }
    }
}
