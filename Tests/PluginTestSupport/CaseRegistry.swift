import HTTPWire
import Synchronization
import WireCore
import WireStreams

/// The registry of one case of `ConverterCases`, as in `scripts/golden-records/ConvertRecords.java`: a server with the
/// part of Apicurio's API that its converters use. The ids of schemas are 1, 2, … in the order of their registration.
package final class CaseRegistry: Sendable {
    /// In place of a registry's address in cases and answers; of the same length, since Avro writes lengths.
    package static let address = "registry.test:1"

    struct Schema: Equatable {
        var artifact: String
        var text: String
    }

    private let schemas: Schemas
    private let server: HTTPServer
    package let address: String

    package init() throws {
        let schemas = Schemas()
        self.schemas = schemas
        server = try HTTPServer(address: SocketAddress(host: "127.0.0.1", port: 0)) { schemas.answer($0) }
        server.start()
        address = server.address.description
    }

    var registered: [Schema] { schemas.all.withLock { $0 } }

    package func stop() { server.stop() }

    /// The bytes with `CaseRegistry.address` in place of this registry's address.
    func withoutAddress(_ bytes: [UInt8]) -> [UInt8] {
        let (own, shown) = (Array(address.utf8), Array(Self.address.utf8))
        guard own.count == shown.count, bytes.count >= own.count else { return bytes }
        var result = bytes
        for index in 0...(bytes.count - own.count) where bytes[index..<(index + own.count)].elementsEqual(own) {
            result.replaceSubrange(index..<(index + own.count), with: shown)
        }
        return result
    }

    private final class Schemas: Sendable {
        let all = Mutex<[Schema]>([])

        func answer(_ request: HTTPRequest) -> HTTPResponse {
            let body: [UInt8] = all.withLock { all in
                if request.method == "POST" {
                    let schema = Schema(
                        artifact: request.header("X-Registry-ArtifactId") ?? "",
                        text: String(decoding: request.body, as: UTF8.self))
                    let known = all.firstIndex { $0.text == schema.text }
                    if known == nil { all.append(schema) }
                    let id = JSONValue.integer(Int64((known ?? all.count - 1) + 1))
                    return JSONValue.object(["globalId": id, "contentId": id, "version": .string("1")]).encoded()
                }
                let name = request.path.split(separator: "/").last ?? ""
                guard let id = Int(name), all.indices.contains(id - 1) else { return Array("[]".utf8) }
                return Array(all[id - 1].text.utf8)
            }
            return HTTPResponse(status: 200, body: body)
        }
    }
}
