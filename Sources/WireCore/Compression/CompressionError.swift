/// Why bytes could not be expanded.
package enum CompressionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reason that the codec gives.
    case corrupt(codec: String, reason: String)
    /// The content is larger than the limit: a decompression bomb, or a limit that is too small.
    case tooLarge(codec: String, limitBytes: Int)
    /// A codec that is not implemented.
    case unsupported(codec: String)

    package var description: String {
        switch self {
        case .corrupt(let codec, let reason): "broken \(codec) data: \(reason)"
        case .tooLarge(let codec, let limit): "\(codec) data expands to more than \(limit) bytes"
        case .unsupported(let codec): "\(codec) is not supported"
        }
    }
}
