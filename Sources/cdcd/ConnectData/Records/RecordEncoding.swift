import WireCore

/// How the records of one shape get from the connector to Kafka.
package enum RecordEncoding {
    /// As records: a transform or converter needs their values.
    case records
    /// Not at all: a transform drops them.
    case dropped
    /// As bytes: the connector writes key and value to the converters' sinks.
    case bytes(ByteEncoding)
}

/// The encoding of records that are written as bytes.
package final class ByteEncoding {
    package enum Part {
        /// No bytes: Kafka's null.
        case none
        case sink(ConverterSink)
        /// A converter without a sink: it gets a value.
        case converter(any Converter)
    }

    /// After the transforms.
    package let shape: RecordShape
    package let key: Part
    /// nil: Kafka's null.
    package let value: ConverterSink?
    /// Whether headers have values of the record, which are passed with each.
    package let hasVariableHeaders: Bool
    package let target: any ByteTarget

    package init(
        shape: RecordShape, key: Part, value: ConverterSink?, hasVariableHeaders: Bool, target: any ByteTarget
    ) {
        self.shape = shape
        self.key = key
        self.value = value
        self.hasVariableHeaders = hasVariableHeaders
        self.target = target
    }
}

/// Accepts the records of one encoding. Used from the task's thread only.
package protocol ByteTarget: AnyObject {
    /// Appends a record to its topic. Blocks and throws as `RecordSink.emit` does.
    ///
    /// - Parameters:
    ///   - key, value: nil is Kafka's null. The bytes are copied before this returns.
    ///   - headerValues: the values of all headers of the shape, if they are variable.
    /// - Returns: false if a header cannot be converted; the record must be emitted as a record then.
    func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headerValues: [ConnectValue]
    ) throws -> Bool
}
