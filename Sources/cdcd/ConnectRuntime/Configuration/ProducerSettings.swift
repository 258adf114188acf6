import ConnectData
import KafkaProtocol
import WireCore

/// What a task's producer is made with: Connect's defaults, the worker's `producer.*`, the connector's
/// `producer.override.*`, the later over the earlier.
struct ProducerSettings: Sendable, Equatable {
    var compression = CompressionCodec.none
    /// As Kafka 4 has it (KIP-1030). A checkpoint hands over what waits, so rows that come alone do not wait for it.
    var lingerMilliseconds = 5
    /// nil: as large as brokers take by default. Kafka's own 16 KiB hold two messages with schemas.
    var batchBytesMax: Int?
    var bufferBytesMax = 33_554_432
    var requestBytesMax = 1_048_576
    var requestTimeoutMilliseconds = 30_000
    /// Connect never gives up by itself.
    var deliveryTimeoutMilliseconds = Int(Int32.max)

    init() {}

    /// How long a record may wait for its delivery; nil: as long as it takes.
    var deliveryMillisecondsMax: Int? {
        deliveryTimeoutMilliseconds == Int(Int32.max) ? nil : deliveryTimeoutMilliseconds
    }

    /// - Parameters:
    ///   - properties: names without the prefix.
    ///   - prefix: put before a name in an error.
    init(_ properties: [String: String], prefix: String, over base: ProducerSettings = ProducerSettings(),
         _ reader: inout PropertyReader) {
        self = base
        func name(_ suffix: String) -> String { prefix + suffix }
        if let text = properties["compression.type"], let value = CompressionCodec(name: JavaText.trim(text).lowercased()) {
            compression = value
        }
        lingerMilliseconds = reader.integer(name("linger.ms"), default: lingerMilliseconds, in: 0...Int(Int32.max))
        if properties["batch.size"] != nil {
            batchBytesMax = reader.integer(name("batch.size"), default: 16_384, in: 0...Int(Int32.max))
        }
        bufferBytesMax = reader.integer(name("buffer.memory"), default: bufferBytesMax, in: 0...Int(Int32.max))
        requestBytesMax = reader.integer(name("max.request.size"), default: requestBytesMax, in: 0...Int(Int32.max))
        requestTimeoutMilliseconds = reader.integer(
            name("request.timeout.ms"), default: requestTimeoutMilliseconds, in: 0...Int(Int32.max))
        deliveryTimeoutMilliseconds = reader.integer(
            name("delivery.timeout.ms"), default: deliveryTimeoutMilliseconds, in: 0...Int(Int32.max))
    }

    /// The properties below a prefix, without it.
    static func stripped(_ properties: [String: String], prefix: String) -> [String: String] {
        var rest: [String: String] = [:]
        for (name, value) in properties {
            if let suffix = name.dropping(prefix: prefix), !suffix.isEmpty { rest[suffix] = value }
        }
        return rest
    }
}

extension ProducerSettings {
    static let overridePrefix = "producer.override."

    /// The worker's settings with a connector's `producer.override.*` over them.
    init(connector: [String: String], worker: WorkerConfiguration) throws(ConfigError) {
        for (name, message) in Self.overrideErrors(connector, worker: worker) {
            throw ConfigError(name: name, value: connector[name], message: message)
        }
        let properties = Self.stripped(connector, prefix: Self.overridePrefix)
        var reader = PropertyReader(connector)
        self.init(properties, prefix: Self.overridePrefix, over: worker.producer, &reader)
    }

    /// What is wrong with a connector's overrides: the property and the message, ordered by name.
    static func overrideErrors(
        _ connector: [String: String], worker: WorkerConfiguration
    ) -> [(name: String, message: String)] {
        var errors: [(name: String, message: String)] = []
        let policy = worker.overridePolicy
        let principal: Set = ["sasl.jaas.config", "sasl.mechanism", "security.protocol"]
        for override in ClientOverride.all(in: connector) {
            if policy == .none || (policy == .principal && !principal.contains(override.property)) {
                errors.append((override.name, "The '\(policy.rawValue)' policy does not allow '\(override.property)' to be overridden "
                    + "in the connector configuration."))
                continue
            }
            if case .only(let values, let remedy)? = override.rule {
                let text = JavaText.trim(override.value)
                let isFine = text.isEmpty || values.contains { $0.lowercased() == text.lowercased() }
                if !isFine {
                    errors.append((override.name, "Invalid value \(override.value) for configuration \(override.property): \(remedy)"))
                }
            }
        }
        let properties = stripped(connector, prefix: overridePrefix)
        var reader = PropertyReader(connector)
        _ = ProducerSettings(properties, prefix: overridePrefix, over: worker.producer, &reader)
        errors += reader.problems.map {
            ($0.name, "Invalid value \($0.value ?? "null") for configuration \($0.name.dropFirst(overridePrefix.count)): \($0.remedy)")
        }
        return errors
    }
}
