import ConnectData
import ConnectPlugins
import HTTPWire
import Synchronization
import WireCore

/// A schema registry in memory: Confluent's API and version 2 of Apicurio's, as far as the converters use them.
/// Registers every schema.
package enum InMemoryRegistry {
    private struct State {
        var texts: [String] = []
        var types: [String] = []
        /// The id of the latest schema of a subject.
        var latest: [String: Int] = [:]

        /// - Returns: the id of the schema, which is that of a known one of the same text.
        mutating func add(_ text: String, _ type: String, subject: String) -> Int64 {
            let known = texts.indices.first { texts[$0] == text && types[$0] == type }
            if known == nil {
                texts.append(text)
                types.append(type)
            }
            let id = (known ?? texts.count - 1) + 1
            latest[subject] = id
            return Int64(id)
        }
    }

    /// Schemas are shared by all instances, so that what one converter writes another can read.
    private static let state = Mutex(State())

    /// The subjects with a schema, and their latest one.
    package static var latest: [String: String] {
        state.withLock { state in state.latest.mapValues { state.texts[$0 - 1] } }
    }

    private final class Transport: RegistryTransport {
        func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> RegistryResponse {
            let path = request.url.path.replacing("/apis/registry/v2", with: "")
            let segments = path.split(separator: "/").map(String.init)
            var content = ""
            if case .bytes(let bytes) = request.body { content = String(decoding: bytes, as: UTF8.self) }
            let body = (try? JSONValue.parse(content))?.objectValue
            let artifact = request.headers.first { $0.name == "X-Registry-ArtifactId" }?.value ?? ""
            let answer: JSONValue? = InMemoryRegistry.state.withLock { [content, body] state in
                switch (request.method, segments.first, segments.last) {
                case ("POST", "subjects", "versions"):
                    let (text, type) = (body?["schema"]?.stringValue ?? "", body?["schemaType"]?.stringValue ?? "AVRO")
                    return .object(["id": .integer(state.add(text, type, subject: segments[1]))])
                case ("POST", "groups", "artifacts"):
                    let id = state.add(content, "AVRO", subject: artifact)
                    return .object(["globalId": .integer(id), "contentId": .integer(id), "version": .string("1")])
                case ("GET", "schemas", let id?):
                    guard let id = Int(id), state.texts.indices.contains(id - 1) else { return nil }
                    return .object(["schema": .string(state.texts[id - 1]), "schemaType": .string(state.types[id - 1])])
                case ("GET", "subjects", "latest"):
                    guard let id = state.latest[segments[1]] else { return nil }
                    return .object([
                        "subject": .string(segments[1]), "version": .integer(1), "id": .integer(Int64(id)),
                        "schema": .string(state.texts[id - 1]), "schemaType": .string(state.types[id - 1]),
                    ])
                default: return nil
                }
            }
            guard let answer else {
                return RegistryResponse(status: 404, body: Array(#"{"error_code":40401,"message":"not found"}"#.utf8))
            }
            return RegistryResponse(status: 200, body: answer.encoded())
        }

        func pause(milliseconds: Int) throws {}
        var now: MonotonicInstant { .now }
        func random() -> UInt64 { 0 }
    }

    /// The Avro converters with this registry.
    package static let avroPlugins = [
        PluginDescriptor(
            ConfluentAvroConverter.className, ConfigDefinition([]),
            factory: .converter { context throws(ConfigError) in try avroConverter(context.properties) }),
        PluginDescriptor(
            ApicurioAvroConverter.className, ConfigDefinition([]),
            factory: .converter { context throws(ConfigError) in try apicurioAvroConverter(context.properties) }),
    ]

    /// - Parameter properties: without the URL.
    package static func avroConverter(_ properties: [String: String]) throws(ConfigError) -> AvroConverter {
        var properties = properties
        properties["schema.registry.url"] = "http://registry:8081"
        return try ConfluentAvroConverter.converter(properties, transport: Transport())
    }

    /// Apicurio's, of which values are written only.
    ///
    /// - Parameter properties: the URL is replaced.
    package static func apicurioAvroConverter(_ properties: [String: String]) throws(ConfigError) -> AvroConverter {
        var properties = properties
        properties["apicurio.registry.url"] = "http://registry:8081"
        return try ApicurioAvroConverter.converter(properties, transport: Transport())
    }
}
