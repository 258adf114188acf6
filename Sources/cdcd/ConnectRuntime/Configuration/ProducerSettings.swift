/// What a task's producer is made with: Connect's defaults, the worker's `producer.*`, the connector's
/// `producer.override.*`, the later over the earlier.
struct ProducerSettings: Sendable, Equatable {
    enum Compression: String, Sendable { case none, gzip }

    var compression = Compression.none
    var lingerMilliseconds = 0
    var batchBytesMax = 16_384
    var bufferBytesMax = 33_554_432
    var requestBytesMax = 1_048_576
    var requestTimeoutMilliseconds = 30_000
    /// Connect never gives up by itself.
    var deliveryTimeoutMilliseconds = Int(Int32.max)

    init() {}

    /// - Parameters:
    ///   - properties: names without the prefix.
    ///   - prefix: put before a name in an error.
    init(_ properties: [String: String], prefix: String, over base: ProducerSettings = ProducerSettings(),
         _ reader: inout PropertyReader) {
        self = base
        func name(_ suffix: String) -> String { prefix + suffix }
        if let text = properties["compression.type"], let value = Compression(rawValue: text.trimmingWhitespace().lowercased()) {
            compression = value
        }
        lingerMilliseconds = reader.integer(name("linger.ms"), default: lingerMilliseconds, in: 0...Int(Int32.max))
        batchBytesMax = reader.integer(name("batch.size"), default: batchBytesMax, in: 0...Int(Int32.max))
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
        for (name, value) in properties where name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count {
            rest[String(name.dropFirst(prefix.count))] = value
        }
        return rest
    }
}
