import ConnectData
import HTTPWire
import Synchronization
import WireCore

@testable import ConnectPlugins

/// A schema registry in memory: Confluent's API, as far as Confluent's converters use it. Registers every schema.
package enum InMemoryRegistry {
    private struct State {
        var texts: [String] = []
        var types: [String] = []
        /// The id of the latest schema of a subject.
        var latest: [String: Int] = [:]
    }

    /// Schemas are shared by all instances, so that what one converter writes another can read.
    private static let state = Mutex(State())

    /// The subjects with a schema, and their latest one.
    package static var latest: [String: String] {
        state.withLock { state in state.latest.mapValues { state.texts[$0 - 1] } }
    }

    private final class Transport: RegistryTransport {
        func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> RegistryResponse {
            let segments = request.url.path.split(separator: "/").map(String.init)
            var body: JSONObject?
            if case .bytes(let bytes) = request.body { body = (try? JSONValue.parse(bytes))?.objectValue }
            let answer: JSONValue? = InMemoryRegistry.state.withLock { [body] state in
                switch (request.method, segments.first, segments.last) {
                case ("POST", "subjects", "versions"):
                    let (text, type) = (body?["schema"]?.stringValue ?? "", body?["schemaType"]?.stringValue ?? "AVRO")
                    let known = state.texts.indices.first { state.texts[$0] == text && state.types[$0] == type }
                    if known == nil {
                        state.texts.append(text)
                        state.types.append(type)
                    }
                    let id = (known ?? state.texts.count - 1) + 1
                    state.latest[segments[1]] = id
                    return .object(["id": .integer(Int64(id))])
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

    /// Confluent's Avro converter with this registry.
    package static let avroPlugin = PluginDescriptor(
        ConfluentAvroConverter.className, ConfigDefinition([]),
        factory: .converter { context throws(ConfigError) in try avroConverter(context.properties) })

    /// - Parameter properties: without the URL.
    package static func avroConverter(_ properties: [String: String]) throws(ConfigError) -> AvroConverter {
        var properties = properties
        properties["schema.registry.url"] = "http://registry:8081"
        let settings = try ConfluentRegistrySettings(properties)
        let registry = settings.makeRegistry(
            isKey: properties["converter.type"] == "key", transport: Transport())
        return try ConfluentAvroConverter.converter(properties, settings, registry)
    }
}
