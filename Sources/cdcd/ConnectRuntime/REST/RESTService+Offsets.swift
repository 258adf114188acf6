import ConnectData
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
        try writeOffsets(name, try Self.changes(try RequestBody.document(request, numbersAsText: false)), "altered")
    }

    /// DELETE: all partitions are removed.
    func resetOffsets(_ name: String) throws -> HTTPResponse { try writeOffsets(name, nil, "reset") }

    /// Lets the connector check the offsets, then writes them. nil removes all that exist.
    private func writeOffsets(
        _ name: String, _ changes: [PartitionOffset]?, _ participle: String
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
    ) throws(RESTError) -> [PartitionOffset] {
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
        var changes: [PartitionOffset] = []
        for item in items {
            guard let members = item.objectValue, members.names.allSatisfy({ $0 == "partition" || $0 == "offset" }),
                let partition = members["partition"]?.objectValue, isFlat(partition)
            else { throw RESTError(500, "An element of \"offsets\" needs an object \"partition\" of plain values.") }
            switch members["offset"] ?? .null {
            case .null: changes.append(PartitionOffset(partition: partition, offset: nil))
            case .object(let offset) where isFlat(offset):
                changes.append(PartitionOffset(partition: partition, offset: offset))
            default: throw RESTError(500, "\"offset\" has to be null or an object of plain values.")
            }
        }
        return changes
    }

    private static func isFlat(_ object: JSONObject) -> Bool {
        object.members.allSatisfy { $0.value.objectValue == nil && $0.value.arrayValue == nil }
    }
}
