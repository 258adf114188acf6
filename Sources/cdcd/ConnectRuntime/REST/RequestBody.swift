import ConnectData
import HTTPWire
import WireCore

/// Parses the request bodies of Connect's endpoints. An invalid body is a 500, as in Connect.
enum RequestBody {
    /// A configuration as it was sent: numbers and booleans as the text they were written in, null kept.
    struct Configuration {
        var members: [(name: String, value: String?)]

        init(_ object: JSONObject, at place: String) throws(RESTError) {
            members = []
            for member in object.members {
                switch member.value {
                case .null: members.append((name: member.name, value: nil))
                case .string(let text): members.append((name: member.name, value: text))
                case .bool(let flag): members.append((name: member.name, value: flag ? "true" : "false"))
                default:
                    throw RESTError(500, "The value of \"\(member.name)\" in \(place) has to be a text, number or boolean.")
                }
            }
        }

        /// The members that have a value.
        var config: ConnectorConfig {
            ConnectorConfig(members.compactMap { member in member.value.map { (name: member.name, value: $0) } })
        }

        var nullNames: [String] { members.filter { $0.value == nil }.map(\.name) }
    }

    /// POST `/connectors`.
    struct Creation {
        var name: String
        var configuration: Configuration
        var initialState: TargetState?
    }

    static func document(_ request: HTTPRequest, numbersAsText: Bool = true) throws(RESTError) -> JSONValue {
        try ContentNegotiation.requireJSONBody(request)
        guard request.body.contains(where: { $0 > 0x20 }) else { return .null }
        do throws(JSONError) { return try JSONValue.parse(request.body, numbersAsText: numbersAsText) } catch {
            throw RESTError(500, "The body cannot be read: \(error)")
        }
    }

    static func configuration(_ request: HTTPRequest) throws(RESTError) -> Configuration {
        guard case .object(let object) = try document(request) else {
            throw RESTError(500, "The body has to be a JSON object with the configuration.")
        }
        return try Configuration(object, at: "the configuration")
    }

    static func creation(_ request: HTTPRequest) throws(RESTError) -> Creation {
        guard case .object(let object) = try document(request) else {
            throw RESTError(500, "The body has to be a JSON object with \"name\" and \"config\".")
        }
        for name in object.names where !["name", "config", "initial_state"].contains(name) {
            throw RESTError(500, "Unrecognized field \"\(name)\"; known are \"config\", \"name\" and \"initial_state\".")
        }
        guard case .object(let members) = object["config"] ?? .null else {
            throw RESTError(500, "The body has no object \"config\".")
        }
        let name: String
        switch object["name"] ?? .null {
        case .null: name = ""
        case .string(let text): name = text
        case .bool(let flag): name = flag ? "true" : "false"
        default: throw RESTError(500, "\"name\" has to be a text.")
        }
        return Creation(
            name: JavaText.trim(name), configuration: try Configuration(members, at: "\"config\""),
            initialState: try initialState(object["initial_state"] ?? .null))
    }

    private static func initialState(_ value: JSONValue) throws(RESTError) -> TargetState? {
        switch value {
        case .null: return nil
        case .string(let text):
            switch text.uppercased() {
            case "RUNNING": return .started
            case "PAUSED": return .paused
            case "STOPPED": return .stopped
            default: break
            }
        default: break
        }
        throw RESTError(500, "\"initial_state\" has to be RUNNING, PAUSED or STOPPED.")
    }
}
