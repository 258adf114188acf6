import COpenSSL

enum OpenSSLMemory {
    /// Calls `body` with a source from which OpenSSL reads the bytes. It keeps their address, so the source must not
    /// outlive the call.
    static func reading<R>(_ bytes: [UInt8], _ body: (OpaquePointer) -> R) throws(StreamError) -> R {
        guard let count = Int32(exactly: bytes.count) else { throw .tls("\(bytes.count) bytes are too many") }
        let result = bytes.withUnsafeBytes { content -> R? in
            guard let source = BIO_new_mem_buf(content.baseAddress, count) else { return nil }
            defer { BIO_free(source) }
            return body(source)
        }
        guard let result else { throw .tls("no bytes to read, or not enough memory") }
        return result
    }
}
