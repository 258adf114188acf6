import ConnectData
import WireCore

/// `binary.handling.mode`.
enum BinaryText {
    @inline(__always)
    static func write<S: ValueSink & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ mode: ValueOptions.BinaryMode, into sink: inout S
    ) {
        switch mode {
        case .bytes: sink.bytes(bytes)
        case .hex:
            sink.formattedText(atMost: bytes.count * 2) { start in HexText.write(bytes, to: start) }
        case .base64, .base64URLSafe:
            let count = Base64.byteCount(bytes.count)
            sink.formattedText(atMost: count) { start in
                Base64.encode(bytes, mode == .base64 ? .standard : .urlSafe, to: start)
            }
        }
    }

    static func value(_ bytes: [UInt8], _ mode: ValueOptions.BinaryMode) -> ConnectValue {
        var builder = ValueBuilder()
        bytes.withUnsafeBytes { write($0, mode, into: &builder) }
        return builder.takeValue()
    }
}
