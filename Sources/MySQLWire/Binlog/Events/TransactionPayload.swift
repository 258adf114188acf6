import WireCore

/// TRANSACTION_PAYLOAD_EVENT: the events of a transaction in one event.
///
/// Layout: fields of type lenenc | length lenenc | value, ended by the type 0; then the payload. Fields: 1 payload
/// size lenenc, 2 compression type lenenc (0 zstd, 255 none), 3 uncompressed size lenenc. Fields of other types are
/// skipped. The events in the payload have headers and no checksums. Source: MySQL's
/// `binary_log::codecs::binary::Transaction_payload`.
struct TransactionPayload {
    enum Compression: Equatable {
        case none
        case zstandard
        case unknown(UInt64)
    }

    let compression: Compression
    /// A view of the event.
    let bytes: UnsafeRawBufferPointer

    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        var compression = Compression.none
        var payloadBytes: Int?
        while true {
            let type = try reader.lengthEncodedCount()
            if type == 0 { break }
            var value = try reader.slice(try reader.lengthEncodedCount())
            switch type {
            case 1: payloadBytes = try value.lengthEncodedCount()
            case 2:
                switch try value.lengthEncodedCount() {
                case 0: compression = .zstandard
                case 255: compression = .none
                case let other: compression = .unknown(UInt64(other))
                }
            default: break
            }
        }
        self.compression = compression
        bytes = UnsafeRawBufferPointer(rebasing: body[reader.offset...])
        if let payloadBytes, payloadBytes != bytes.count {
            throw WireError(.badLength(payloadBytes), at: reader.absoluteOffset)
        }
    }
}
