import COpenSSL

/// One X.509 certificate, held for OpenSSL.
final class Certificate {
    let pointer: OpaquePointer

    /// Takes over an X509 that OpenSSL has given.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    init(der: [UInt8]) throws(StreamError) {
        let parsed = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_X509(nil, &next, bytes.count)
        }
        guard let parsed else { throw .tls("a certificate in the store is damaged: \(OpenSSLErrorQueue.latest())") }
        pointer = parsed
    }

    deinit { X509_free(pointer) }
}
