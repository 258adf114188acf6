import WireCore

/// A record batch that cannot be read or written.
package enum RecordBatchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Bytes that the format does not allow; `context` names the batch.
    case malformed(context: String, WireError)
    /// A batch in a codec that is not supported; `about` names the batch.
    case unsupportedCodec(String, about: String)

    package var description: String {
        switch self {
        case .malformed(let context, let fault): "malformed \(context): \(fault)"
        case .unsupportedCodec(let codec, let about):
            "\(about) is compressed with \(codec), which is not supported; use none or gzip"
        }
    }
}
