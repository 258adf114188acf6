import ConnectData
import ConnectPlugins
import HTTPWire
import WireCore

/// A schema registry without a network: gives every schema the same id. Nothing is read with it.
final class WorkloadRegistry: RegistryTransport {
    /// AvroConverter with this registry.
    static let avroPlugin = PluginDescriptor(
        ConfluentAvroConverter.className, ConfigDefinition([]),
        factory: .converter { context throws(ConfigError) in
            try ConfluentAvroConverter.converter(context.properties, transport: WorkloadRegistry())
        })

    func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> RegistryResponse {
        RegistryResponse(status: 200, body: Array(#"{"id":1}"#.utf8))
    }

    func pause(milliseconds: Int) throws {}
    var now: MonotonicInstant { .now }
    func random() -> UInt64 { 0 }
}
