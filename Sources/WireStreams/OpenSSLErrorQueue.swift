import COpenSSL

/// The errors that OpenSSL has queued on this thread.
enum OpenSSLErrorQueue {
    /// Empties the queue and returns the reason of its last error.
    static func latest() -> String {
        var text = "unknown error"
        while true {
            let code = ERR_get_error()
            if code == 0 { return text }
            var buffer = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &buffer, buffer.count)
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // "error:0A000086:SSL routines::certificate verify failed": the last part is the reason.
            let whole = String(decoding: bytes, as: UTF8.self)
            text = whole.split(separator: ":").last.map(String.init) ?? whole
        }
    }
}
