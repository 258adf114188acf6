import WireCore
import WireStreams

/// The key with which workers sign their requests to each other.
struct SessionKey: Equatable, Sendable {
    var keyBase64: String
    var algorithm: String
    var createdMilliseconds: Int64

    static func create(bytes count: Int, nowMilliseconds: Int64) -> SessionKey {
        var text = ByteWriter()
        text.base64(SecureRandom.bytes(count))
        return SessionKey(
            keyBase64: String(decoding: text.array(), as: UTF8.self), algorithm: "HmacSHA256",
            createdMilliseconds: nowMilliseconds)
    }
}
