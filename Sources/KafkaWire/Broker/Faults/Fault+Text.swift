import KafkaProtocol
import WireCore

extension Fault {
    /// The names of all fields.
    package static var fieldNames: [String] { FaultField.all.map(\.name) }

    /// Parses `FIELD=VALUE,FIELD=VALUE`, or a JSON object. Throws which field is invalid, and why.
    package init(text: String) throws(FaultFieldError) {
        if text.hasPrefix("{") {
            let document: JSONValue
            do throws(JSONError) {
                document = try JSONValue.parse(text)
            } catch {
                throw FaultFieldError(field: "fault", reason: "is not a JSON object: \(error)")
            }
            try self.init(json: document)
            return
        }
        var values: [(name: String, text: String)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2 else {
                throw FaultFieldError(field: pair[0], reason: "is not of the form FIELD=VALUE")
            }
            values.append((pair[0], pair[1]))
        }
        try self.init(values)
    }

    /// Reads a JSON object, whose values are strings or numbers. Throws which field is invalid, and why.
    package init(json: JSONValue) throws(FaultFieldError) {
        guard let object = json.objectValue else {
            throw FaultFieldError(field: "fault", reason: "is not a JSON object")
        }
        var values: [(name: String, text: String)] = []
        for (name, value) in object.members {
            switch value {
            case .string(let text): values.append((name, text))
            case .integer(let number): values.append((name, String(number)))
            case .double(let number): values.append((name, String(number)))
            default: throw FaultFieldError(field: name, reason: "is neither a string nor a number")
            }
        }
        try self.init(values)
    }

    private init(_ values: [(name: String, text: String)]) throws(FaultFieldError) {
        self.init()
        var seen: Set<String> = []
        for (name, text) in values {
            guard let field = FaultField.all.first(where: { $0.name == name }) else {
                throw FaultFieldError(
                    field: name, reason: "is no field of a fault: \(Self.fieldNames.joined(separator: ", "))")
            }
            guard seen.insert(name).inserted else { throw FaultFieldError(field: name, reason: "is given twice") }
            do throws(FaultField.ValueError) {
                try field.set(&self, text)
            } catch {
                throw FaultFieldError(field: name, reason: error.text)
            }
        }
        try checkActions()
        try checkRequests()
    }

    private func checkActions() throws(FaultFieldError) {
        let endings = [("error", error != nil), ("disconnect", disconnect != nil), ("drop", drop != nil)].filter(\.1)
        if endings.count > 1 {
            throw FaultFieldError(field: endings[1].0, reason: "cannot be combined with `\(endings[0].0)`")
        }
        if throttleTimeMilliseconds > 0, disconnect != nil || drop != nil {
            throw FaultFieldError(
                field: "throttle_time_ms", reason: "needs an answer, which `\(endings[0].0)` does not give")
        }
        if moveLeader == .after, disconnect == .before || drop == .before {
            throw FaultFieldError(
                field: "move_leader", reason: "is after the request is handled, which `\(endings[0].0)` prevents")
        }
        if endings.isEmpty, delayMilliseconds == 0, throttleTimeMilliseconds == 0, moveLeader == nil {
            throw FaultFieldError(
                field: "fault",
                reason: "does nothing: it needs delay_ms, throttle_time_ms, error, disconnect, drop or move_leader")
        }
        if seed > 0, probability == 1 { throw FaultFieldError(field: "seed", reason: "needs `probability`") }
    }

    /// A fault that could never match is a mistake.
    private func checkRequests() throws(FaultFieldError) {
        let named: [(String, RequestEntry.Fields, Bool)] = [
            ("topic", .topic, entries.topic != nil), ("partition", .partition, entries.partition != nil),
            ("group", .group, entries.group != nil),
            ("transactional_id", .transactionalID, entries.transactionalID != nil),
        ]
        guard let apiKey, let handler = RequestHandler.byKey[apiKey] else { return }
        for (name, field, isGiven) in named where isGiven && !handler.entryFields.contains(field) {
            throw FaultFieldError(field: name, reason: "is not part of \(apiKey.name)")
        }
        if moveLeader != nil, !handler.entryFields.contains(.partition) {
            throw FaultFieldError(field: "move_leader", reason: "needs partitions, of which \(apiKey.name) names none")
        }
        if let versions, !versions.overlaps(handler.versions) {
            throw FaultFieldError(
                field: "version",
                reason: "is not served: \(apiKey.name) has the versions \(handler.versions.lowerBound) to "
                    + "\(handler.versions.upperBound)")
        }
    }

    /// Throws if a broker with this number of nodes cannot have the fault.
    package func check(nodeCount: Int32) throws(FaultFieldError) {
        if moveLeader != nil, nodeCount < 2 {
            throw FaultFieldError(
                field: "move_leader", reason: "needs a cluster of several nodes (--nodes), and this is the only one")
        }
        if let nodeID, !(1...nodeCount).contains(nodeID) {
            throw FaultFieldError(field: "node", reason: "does not exist: the nodes are 1 to \(nodeCount)")
        }
    }

    /// The fields that are set.
    package var json: JSONObject {
        JSONObject(FaultField.all.compactMap { field in field.value(self).map { (name: field.name, value: $0) } })
    }

    /// `FIELD=VALUE,FIELD=VALUE`.
    package var text: String {
        json.members.map { name, value in
            "\(name)=\(value.stringValue ?? String(decoding: value.encoded(), as: UTF8.self))"
        }.joined(separator: ",")
    }
}
