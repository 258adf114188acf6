import ConnectData
import WireCore

/// How the records of one kind of change of one table are emitted: compiled once for each table version.
final class ChangeProgram<Decoder: CellDecoder> {
    typealias Program = ValueProgram<Decoder.Conversion>

    /// The shape before transforms.
    let shape: RecordShape
    let encoding: RecordEncoding
    /// Of the encoding's shape if the records are written as bytes, otherwise of `shape`.
    let key: Program
    let value: Program
    /// Empty if the headers are the same for all records.
    let headers: [Program]
    private let decoder: Decoder
    private let sharesTime: Bool
    private var recordPrograms: (key: Program, value: Program)?
    /// The key as bytes; nil if no sink writes it, or if its shared values are not constant.
    let keyPart: KeyPart?
    /// The constant parts of the value as bytes; nil if no sink writes it, or if they do not fit its schema.
    let constants: SinkFragments?

    /// The key, by the sink that writes it.
    enum KeyPart {
        case json(SinkPart<JSONSink>)
        case avro(SinkPart<AvroSink>)
    }

    /// - Parameters:
    ///   - headers: of each record.
    ///   - encoding: the sink's encoding of a shape.
    init(
        _ kind: ChangeKind, _ decoder: Decoder, headers: [ConnectRecord.Header],
        encoding: (RecordShape) -> RecordEncoding
    ) {
        shape = decoder.plan.shape(of: kind, headers: headers)
        self.decoder = decoder
        // The rows of an event are built at one time, those of a snapshot when they are read.
        let sharesTime = kind != .read
        self.sharesTime = sharesTime
        self.encoding = encoding(shape)
        let final: RecordShape
        var headers: [Program] = []
        switch self.encoding {
        case .records, .dropped: final = shape
        case .bytes(let bytes):
            final = bytes.shape
            if bytes.hasVariableHeaders {
                headers = final.headers.map { Program($0.value, $0.schema, decoder, sharesTime: sharesTime) }
            }
        }
        self.headers = headers
        key = Program(final.key, final.keySchema, decoder, sharesTime: sharesTime)
        value = Program(final.value, final.valueSchema, decoder, sharesTime: sharesTime)
        constants = Self.constants(of: value, self.encoding)
        keyPart = Self.keyPart(key, self.encoding)
    }

    private static func keyPart(_ key: Program, _ encoding: RecordEncoding) -> KeyPart? {
        guard case .bytes(let bytes) = encoding, case .sink(let sink) = bytes.key,
            key.steps.allSatisfy(\.isConstant)
        else { return nil }
        let noInputs = RowInputs(source: [], timeMicroseconds: 0)
        switch sink {
        case .json(let plan): return SinkPart(key, plan, noInputs).map { .json($0) }
        case .avro(let plan): return SinkPart(key, plan, noInputs).map { .avro($0) }
        }
    }

    private static func constants(of value: Program, _ encoding: RecordEncoding) -> SinkFragments? {
        guard case .bytes(let bytes) = encoding, let sink = bytes.value else { return nil }
        switch sink {
        case .json(let plan): return constants(of: value, JSONSink(plan, ByteWriter(capacityBytes: 1024)))
        case .avro(let plan): return constants(of: value, AvroSink(plan, ByteWriter(capacityBytes: 1024)))
        }
    }

    private static func constants<S: ByteSink & ~Copyable>(of value: Program, _ sink: consuming S) -> SinkFragments? {
        var fragments = SinkFragments()
        value.captureConstants(from: &sink, into: &fragments)
        return sink.error == nil ? fragments : nil
    }

    /// The programs for records before transforms.
    func programsForRecords() -> (key: Program, value: Program) {
        guard case .bytes = encoding else { return (key, value) }
        if let recordPrograms { return recordPrograms }
        let programs = (
            key: Program(shape.key, shape.keySchema, decoder, sharesTime: sharesTime),
            value: Program(shape.value, shape.valueSchema, decoder, sharesTime: sharesTime)
        )
        recordPrograms = programs
        return programs
    }
}
