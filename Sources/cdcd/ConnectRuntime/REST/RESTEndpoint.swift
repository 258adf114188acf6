import HTTPWire
import WireCore

/// One path of the REST API with its methods, handlers and documentation: an entry of `RESTEndpoint.all`. A new
/// endpoint is a new entry.
struct RESTEndpoint: Sendable {
    typealias Handler = @Sendable (RESTService, RESTCall) throws -> HTTPResponse

    /// One method of a path.
    struct Operation: Sendable {
        let method: String
        /// For `docs/rest.md`.
        let documentation: String
        /// Whether a worker outside of its group refuses the call, because it changes something.
        let needsMembership: Bool
        /// Whether the response is JSON, so that a request that does not accept JSON is refused.
        let isJSON: Bool
        let handler: Handler

        init(
            _ method: String, _ documentation: String, needsMembership: Bool? = nil, isJSON: Bool = true,
            _ handler: @escaping Handler
        ) {
            self.method = method
            self.documentation = documentation
            self.needsMembership = needsMembership ?? (method != "GET")
            self.isJSON = isJSON
            self.handler = handler
        }
    }

    /// A part of a path between two slashes.
    private enum Segment: Equatable, Sendable {
        case literal(String)
        case text(name: String)
        /// A 32-bit number; the path does not exist for anything else.
        case number(name: String)

        init(_ template: Substring) {
            guard template.hasPrefix("{") else {
                self = .literal(String(template))
                return
            }
            let name = template.dropFirst().dropLast()
            self = name.hasSuffix(":number") ? .number(name: String(name.dropLast(7))) : .text(name: String(name))
        }
    }

    /// For example `/connectors/{connector}/tasks/{task:number}/status`.
    let path: String
    /// In the order in which an `Allow` header names them.
    let operations: [Operation]
    private let segments: [Segment]

    init(_ path: String, _ operations: Operation...) {
        self.path = path
        self.operations = operations
        segments = path.split(separator: "/").map(Segment.init)
    }

    /// What an `Allow` header and the response to OPTIONS name.
    var allowedMethods: [String] {
        let methods = operations.map(\.method)
        return (methods.contains("GET") ? ["HEAD"] : []) + methods + ["OPTIONS"]
    }

    func operation(_ method: String) -> Operation? { operations.first { $0.method == method } }

    /// The values of the path's parameters. Returns nil if this is another path.
    private func parameters(of given: [String]) -> [String: String]? {
        guard given.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, value) in zip(segments, given) {
            switch segment {
            case .literal(let text): guard value.isExactly(text) else { return nil }
            case .text(let name): parameters[name] = value
            case .number(let name):
                guard Int32(value) != nil else { return nil }
                parameters[name] = value
            }
        }
        return parameters
    }

    // MARK: Paths

    /// The endpoint of a path, and the values of the path's parameters.
    ///
    /// - Throws: a `RESTError` of 404 for a path that does not exist, of 400 for one that is malformed.
    static func find(_ path: String) throws(RESTError) -> (endpoint: RESTEndpoint, parameters: [String: String]) {
        let given = try segments(of: path)
        for endpoint in all {
            if let parameters = endpoint.parameters(of: given) { return (endpoint, parameters) }
        }
        throw RESTError(404, "HTTP 404 Not Found")
    }

    /// The parts between slashes, decoded, without matrix parameters; one slash at the end does not count.
    private static func segments(of path: String) throws(RESTError) -> [String] {
        guard path.hasPrefix("/") else { throw RESTError(404, "HTTP 404 Not Found") }
        var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        var segments: [String] = []
        for part in parts {
            let name = part.prefix { $0 != ";" }
            guard !name.isEmpty else { throw RESTError(400, "Ambiguous URI empty segment") }
            guard let decoded = PercentEncoding.decode(name) else { throw RESTError(400, "Bad Request") }
            segments.append(decoded)
        }
        return segments
    }
}

/// A request with the parameters of its path and query.
struct RESTCall {
    let request: HTTPRequest
    let query: QueryParameters
    private let parameters: [String: String]

    init(_ request: HTTPRequest, parameters: [String: String]) {
        self.request = request
        self.parameters = parameters
        query = QueryParameters(request.query)
    }

    /// The value of a parameter that the endpoint's path declares.
    func parameter(_ name: String) -> String {
        guard let value = parameters[name] else { preconditionFailure("the path has no parameter \(name)") }
        return value
    }

    var connector: String { parameter("connector") }

    var taskID: TaskID { TaskID(connector: connector, task: Int(parameter("task")) ?? 0) }
}
