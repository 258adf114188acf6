import WireCore
import WireStreams

/// What the control port of a development broker answers.
package struct BrokerControl: Sendable {
    let broker: DevelopmentBroker

    package init(_ broker: DevelopmentBroker) { self.broker = broker }

    /// The answer to one request.
    package struct Answer: Equatable, Sendable {
        /// Of HTTP.
        package let status: Int
        /// The body; nil if there is none.
        package let document: JSONValue?
        /// The methods of the path, if the request has another one.
        package fileprivate(set) var allowed: [String] = []

        init(_ status: Int, _ document: JSONValue? = nil) {
            self.status = status
            self.document = document
        }

        fileprivate init(_ error: ControlError) {
            var document: JSONObject = [
                "error_code": .integer(Int64(error.status)), "message": .string(error.message),
            ]
            if let field = error.field { document["field"] = .string(field) }
            self.init(error.status, .object(document))
        }
    }

    /// One path with its methods.
    struct Resource {
        let path: [String]
        let methods: [String: (_ arguments: [String], _ body: [UInt8]) throws(ControlError) -> Answer]
    }

    /// An element `*` of a path is an argument.
    private var resources: [Resource] {
        [
            Resource(path: [], methods: ["GET": { _, _ in Answer(200, .object(summary)) }]),
            Resource(
                path: ["faults"],
                methods: [
                    "GET": { _, _ in Answer(200, .array(broker.faults.entries.map(\.document))) },
                    "POST": { (_, body) throws(ControlError) in try addFaults(body) },
                    "DELETE": { _, _ in
                        broker.faults.removeAll()
                        return Answer(204)
                    },
                ]),
            Resource(
                path: ["faults", "*"],
                methods: [
                    "GET": { (arguments, _) throws(ControlError) in
                        guard let entry = broker.faults.entries.first(where: { String($0.id) == arguments[0] }) else {
                            throw Self.noFault(arguments[0])
                        }
                        return Answer(200, entry.document)
                    },
                    "DELETE": { (arguments, _) throws(ControlError) in
                        guard let id = Int(arguments[0]), broker.faults.remove(id) else {
                            throw Self.noFault(arguments[0])
                        }
                        return Answer(204)
                    },
                ]),
        ] + nodeResources
    }

    /// - Parameter path: begins with a slash.
    package func answer(_ method: String, _ path: String, _ body: [UInt8]) -> Answer {
        do throws(ControlError) {
            let elements = path.split(separator: "/").map(String.init)
            for resource in resources {
                guard let arguments = Self.arguments(elements, resource.path) else { continue }
                guard let handle = resource.methods[method] else {
                    let methods = resource.methods.keys.sorted()
                    var answer = Answer(
                        ControlError(
                            405, "\(path) has the methods \(methods.joined(separator: ", ")), not \(method)"))
                    answer.allowed = methods
                    return answer
                }
                return try handle(arguments, body)
            }
            throw ControlError(404, "There is no \(path)")
        } catch {
            return Answer(error)
        }
    }

    /// The elements of a path that stand for `*`, or nil if the path is another.
    private static func arguments(_ path: [String], _ pattern: [String]) -> [String]? {
        guard path.count == pattern.count, zip(path, pattern).allSatisfy({ $1 == "*" || $0 == $1 }) else { return nil }
        return zip(path, pattern).filter { $1 == "*" }.map(\.0)
    }

    private static func noFault(_ id: String) -> ControlError { ControlError(404, "There is no fault \(id)") }

    private var summary: JSONObject {
        [
            "cluster_id": .string(broker.clusterID),
            "listeners": Self.document(broker.addresses),
            "faults": .integer(Int64(broker.faults.entries.count)),
        ]
    }

    /// One fault, or a list of which either all are added or none.
    private func addFaults(_ body: [UInt8]) throws(ControlError) -> Answer {
        let document = try Self.document(body)
        let list = document.arrayValue ?? [document]
        var faults: [Fault] = []
        for item in list {
            do throws(FaultFieldError) {
                faults.append(try Fault(json: item))
            } catch {
                throw ControlError(400, "\(error)", field: error.field)
            }
        }
        let documents: [JSONValue]
        do throws(FaultFieldError) {
            documents = try broker.faults.add(faults).map(\.document)
        } catch {
            throw ControlError(400, "\(error)", field: error.field)
        }
        return Answer(201, document.arrayValue == nil ? documents[0] : .array(documents))
    }

    static func document(_ body: [UInt8]) throws(ControlError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue.parse(body)
        } catch {
            throw ControlError(400, "The body is not JSON: \(error)")
        }
    }

    /// Addresses by the names of listeners.
    static func document(_ addresses: [String: SocketAddress]) -> JSONValue {
        .object(
            JSONObject(addresses.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string("\($0.value)")) }))
    }
}

/// Why a request to the control port is refused.
struct ControlError: Error, Equatable {
    let status: Int
    let message: String
    /// The field of the body that is invalid.
    let field: String?

    init(_ status: Int, _ message: String, field: String? = nil) {
        self.status = status
        self.message = message
        self.field = field
    }
}

extension FaultTable.Entry {
    /// The fields of the fault, its id and how often it matched and was applied.
    var document: JSONValue {
        var document = JSONObject([(name: "id", value: .integer(Int64(id)))] + fault.json.members)
        document["matched"] = .integer(Int64(matchedCount))
        document["applied"] = .integer(Int64(appliedCount))
        return .object(document)
    }
}
