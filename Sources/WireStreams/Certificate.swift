import COpenSSL

/// An X.509 certificate, owned as an OpenSSL object.
final class Certificate {
    let pointer: OpaquePointer

    /// Takes ownership of an X509 object of OpenSSL's.
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
