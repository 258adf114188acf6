import ConnectData
import HTTPWire
import WireCore

/// `/connectors/NAME/offsets`.
extension RESTService {
    func showOffsets(_ name: String) throws -> HTTPResponse {
        let environment = try environment()
        guard environment.configs.snapshot.connectors[name] != nil else { throw RESTError.connectorNotFound(name) }
        return json(200, RESTDocuments.offsets(try ConnectorOffsets(of: name, environment).list()))
    }

    /// PATCH: the body's partitions get the body's offsets, null removes one.
    func alterOffsets(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        try writeOffsets(name, try Self.changes(try RequestBody.document(request, numbersAsText: false)), "altered")
    }

    /// DELETE: all partitions are removed.
    func resetOffsets(_ name: String) throws -> HTTPResponse { try writeOffsets(name, nil, "reset") }

    /// Lets the connector check the offsets, then writes them. nil removes all that exist.
    private func writeOffsets(
        _ name: String, _ changes: [RequestedOffset]?, _ participle: String
    ) throws -> HTTPResponse {
        _ = try environment()
        let isComplete = try herder.changeOffsets(name, changes)
        let external = "The Connect framework-managed offsets for this connector have been \(participle) successfully. "
            + "However, if this connector manages offsets externally, they will need to be manually \(participle) in the "
            + "system that the connector uses."
        let text = isComplete ? "The offsets for this connector have been \(participle) successfully" : external
        return json(200, .object(["message": .string(text)]))
    }

    private static func changes(
        _ document: JSONValue
    ) throws(RESTError) -> [RequestedOffset] {
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
        var changes: [RequestedOffset] = []
        for item in items {
            guard let members = item.objectValue, members.names.allSatisfy({ $0 == "partition" || $0 == "offset" })
            else { throw RESTError(500, "An element of \"offsets\" is an object with \"partition\" and \"offset\".") }
            changes.append(
                RequestedOffset(partition: try object("partition", members), offset: try object("offset", members)))
        }
        return changes
    }

    private static func object(_ name: String, _ members: JSONObject) throws(RESTError) -> JSONObject? {
        switch members[name] ?? .null {
        case .null: nil
        case .object(let object): object
        default: throw RESTError(500, "\"\(name)\" has to be null or an object.")
        }
    }
}
