import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// Applies the transforms to records and converts their headers, keys and values. Holds the bytes of one record at a
/// time, in memory that is reused for the next.
///
/// Headers are converted once for all records that share them: a connector shares one array among most of its records.
/// Those that converters add follow the record's own, the key's first.
package struct RecordWriter: ~Copyable {
    let transforms: TransformationChain
    let keyConverter: any Converter
    let valueConverter: any Converter
    let headerConverter: any HeaderConverter
    private var key = ByteWriter(capacityBytes: 1024)
    private var value = ByteWriter(capacityBytes: 16 << 10)
    private var hasKey = false
    private var hasValue = false
    /// Those of the last record.
    private var headers = EncodedHeaders.none
    private var lastHeaders: [ConnectRecord.Header] = []
    private var lastHeadersTopic = ""
    /// The record's own headers, and those that converters added to them.
    private var ownHeaders: [RecordHeader] = []
    private var addedHeaders: [RawHeader] = []
    private let convertersAddHeaders: Bool
    private let convertersReadHeaders: Bool
    /// The transform that is applied next to the record.
    private var step = 0

    /// Creates the plugins that the connector's configuration names.
    package init(
        connector: [String: String], worker: WorkerConfiguration, plugins: PluginRegistry, control: TaskControl? = nil
    ) throws(ConfigError) {
        let named = try RecordPlugins(connector: connector, worker: worker, plugins: plugins, control: control)
        let (keyConverter, valueConverter) = (named.keyConverter.plugin, named.valueConverter.plugin)
        transforms = named.transforms
        headerConverter = named.headerConverter.plugin
        self.keyConverter = keyConverter
        self.valueConverter = valueConverter
        convertersAddHeaders = keyConverter.addsRecordHeaders || valueConverter.addsRecordHeaders
        convertersReadHeaders = keyConverter.readsRecordHeaders || valueConverter.readsRecordHeaders
    }

    /// Applies the transforms to a record and converts the result. Returns false if a transform drops the record.
    ///
    /// Throws what transforms and converters throw; the record is left as the last transform that succeeded made it.
    package mutating func convert(_ record: inout ConnectRecord) throws -> Bool {
        step = 0
        return try resume(&record)
    }

    /// Continues with the transform or converter that has thrown, as `convert`.
    mutating func resume(_ record: inout ConnectRecord) throws -> Bool {
        if !transforms.isEmpty, try !transforms.apply(&record, from: &step) { return false }
        if !hasSameHeaders(record) { try convertHeaders(record) }
        if convertersReadHeaders { return try convertWithHeaders(record) }
        key.reset()
        hasKey = try keyConverter.convert(
            record.key, schema: record.keySchema, topic: record.topic, into: &key)
        value.reset()
        hasValue = try valueConverter.convert(
            record.value, schema: record.valueSchema, topic: record.topic, into: &value)
        if convertersAddHeaders { try addConverterHeaders(record) }
        return true
    }

    /// Converts a record with converters that read headers.
    private mutating func convertWithHeaders(_ record: ConnectRecord) throws -> Bool {
        let own = ownHeaders.map { RawHeader($0.key, $0.value) }
        key.reset()
        hasKey = try keyConverter.convert(
            record.key, schema: record.keySchema, topic: record.topic, headers: own, into: &key)
        value.reset()
        hasValue = try valueConverter.convert(
            record.value, schema: record.valueSchema, topic: record.topic, headers: own, into: &value)
        if convertersAddHeaders { try addConverterHeaders(record) }
        return true
    }

    /// How records of a shape get to the producer.
    package enum Path {
        case records, dropped
        case bytes(Parts)
    }

    /// The parts of a `ByteEncoding`.
    package struct Parts {
        /// After the transforms.
        package let shape: RecordShape
        package let key: ByteEncoding.Part
        package let value: ConverterSink?
        /// nil if they have values of the record.
        package let headers: EncodedHeaders?
        /// Those that the converters add, among `headers` or after the record's own.
        let addedHeaders: [RawHeader]
    }

    /// How records of the shape get to the producer. What cannot be prepared here fails for each record, where it is
    /// reported or tolerated.
    ///
    /// - Throws: `RetriableError` if a transform or converter fails temporarily.
    package func path(of shape: RecordShape) throws -> Path {
        do {
            var shape = shape
            switch try transforms.apply(to: &shape) {
            case .dropped: return .dropped
            case .dependsOnValues: return .records
            case .applied: break
            }
            if convertersReadHeaders { return .records }
            var value: ConverterSink?
            let hasValue = try !isKafkaNull(shape.value, shape.valueSchema, valueConverter, shape.topic)
            if hasValue {
                guard let schema = shape.valueSchema else { return .records }
                value = try valueConverter.sink(for: schema, topic: shape.topic)
                if value == nil { return .records }
            }
            let key = try keyPart(shape)
            // Headers are added to records whose key is not Kafka's null, which some of the records may have.
            if case .converter = key, case .input(_, nil) = shape.key, keyConverter.addsRecordHeaders {
                return .records
            }
            let added = try addedHeaders(shape, key, hasValue: hasValue)
            return .bytes(
                Parts(
                    shape: shape, key: key, value: value, headers: try constantHeaders(shape, added),
                    addedHeaders: added))
        } catch let error as RetriableError {
            throw error
        } catch { return .records }
    }

    private func keyPart(_ shape: RecordShape) throws -> ByteEncoding.Part {
        if try isKafkaNull(shape.key, shape.keySchema, keyConverter, shape.topic) { return .none }
        guard let schema = shape.keySchema else { return .converter(keyConverter) }
        return try keyConverter.sink(for: schema, topic: shape.topic).map { .sink($0) } ?? .converter(keyConverter)
    }

    /// Whether all records of a shape have a null that the converter makes Kafka's null. A null with a schema is that
    /// for some converters only: JsonConverter writes it as JSON.
    private func isKafkaNull(
        _ shape: ValueShape, _ schema: Schema?, _ converter: any Converter, _ topic: String
    ) throws -> Bool {
        guard shape == .null else { return false }
        guard let schema else { return true }
        var bytes = ByteWriter(capacityBytes: 1024)
        return try !converter.convert(.null, schema: schema, topic: topic, into: &bytes)
    }

    /// The headers that the converters add to all records of the shape.
    private func addedHeaders(
        _ shape: RecordShape, _ key: ByteEncoding.Part, hasValue: Bool
    ) throws -> [RawHeader] {
        guard convertersAddHeaders else { return [] }
        var added: [RawHeader] = []
        switch key {
        case .none: break
        case .sink, .converter: added += try keyConverter.recordHeaders(for: shape.keySchema, topic: shape.topic)
        }
        if hasValue { added += try valueConverter.recordHeaders(for: shape.valueSchema, topic: shape.topic) }
        return added
    }

    private func constantHeaders(_ shape: RecordShape, _ added: [RawHeader]) throws -> EncodedHeaders? {
        var values: [ConnectValue] = []
        for header in shape.headers {
            switch header.value {
            case .constant(let value): values.append(value)
            case .input, .structure: return nil
            }
        }
        return try headers(of: shape, values, added)
    }

    /// The headers of a record of the shape.
    package func headers(of parts: Parts, _ values: [ConnectValue]) throws -> EncodedHeaders {
        try headers(of: parts.shape, values, parts.addedHeaders)
    }

    private func headers(
        of shape: RecordShape, _ values: [ConnectValue], _ added: [RawHeader]
    ) throws -> EncodedHeaders {
        for (header, value) in zip(shape.headers, values) { try header.schema?.checkHeader(value) }
        let own = try converted(
            zip(shape.headers, values).map { ConnectRecord.Header($0.name, schema: $0.schema, value: $1) },
            topic: shape.topic)
        return EncodedHeaders(own + added.map { RecordHeader(key: $0.name, value: $0.value) })
    }

    /// Appends the converted record to the producer.
    borrowing func append(
        to topic: ProducerTopic, of producer: KafkaProducer, partition: Int32?, timestampMilliseconds: Int64?,
        tag: UInt64
    ) throws {
        try withConverted { key, value, headers throws in
            try producer.append(
                to: topic, partition: partition, key: key, value: value, headers: headers,
                timestampMilliseconds: timestampMilliseconds, tag: tag)
        }
    }

    /// Passes the converted key, value and headers; nil is Kafka's null.
    package borrowing func withConverted<R>(
        _ body: (_ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?, EncodedHeaders) throws -> R
    ) rethrows -> R {
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { value in try body(hasKey ? key : nil, hasValue ? value : nil, headers) }
        }
    }

    /// Whether the headers are the same array as those of the previous record, for the same topic.
    @inline(__always)
    private func hasSameHeaders(_ record: borrowing ConnectRecord) -> Bool {
        record.headers.isSameMemory(as: lastHeaders) && record.topic == lastHeadersTopic
    }

    private mutating func convertHeaders(_ record: ConnectRecord) throws {
        lastHeaders = []
        ownHeaders = []
        addedHeaders = []
        headers = .none
        if !record.headers.isEmpty {
            ownHeaders = try converted(record.headers, topic: record.topic)
            headers = EncodedHeaders(ownHeaders)
        }
        lastHeaders = record.headers
        lastHeadersTopic = record.topic
    }

    private func converted(_ headers: [ConnectRecord.Header], topic: String) throws -> [RecordHeader] {
        try headers.map { header in
            var bytes = ByteWriter(capacityBytes: 64)
            let hasValue = try headerConverter.convert(
                header.value, schema: header.schema, header: header.name, topic: topic, into: &bytes)
            return RecordHeader(key: header.name, value: hasValue ? bytes.array() : nil)
        }
    }

    private mutating func addConverterHeaders(_ record: ConnectRecord) throws {
        var added: [RawHeader] = []
        if hasKey { added += try keyConverter.recordHeaders(for: record.keySchema, topic: record.topic) }
        if hasValue { added += try valueConverter.recordHeaders(for: record.valueSchema, topic: record.topic) }
        guard added != addedHeaders else { return }
        addedHeaders = added
        headers = EncodedHeaders(ownHeaders + added.map { RecordHeader(key: $0.name, value: $0.value) })
    }
}
