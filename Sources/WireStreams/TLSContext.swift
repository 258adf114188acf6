import COpenSSL
import Foundation

/// An OpenSSL context for a `TLSConfiguration`: certificates loaded, verification set.
final class TLSContext {
    let pointer: OpaquePointer

    /// Throws `StreamError.tls` with the file and its defect.
    init(_ configuration: TLSConfiguration, isServer: Bool) throws(StreamError) {
        guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw .tls(OpenSSLErrorQueue.latest())
        }
        pointer = context
        // SSL_CTX_set_min_proto_version is a macro.
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        let mode = configuration.verification == .none ? SSL_VERIFY_NONE : SSL_VERIFY_PEER
        SSL_CTX_set_verify(context, mode, nil)
        // Without a callback OpenSSL would prompt for the password of an encrypted key on the terminal, and wait.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        if let identity = configuration.identity { try use(identity: identity) }
        if configuration.verification != .none { try use(trust: configuration.trust) }
    }

    deinit { SSL_CTX_free(pointer) }

    private func use(trust: TLSConfiguration.Store?) throws(StreamError) {
        switch trust {
        case nil:
            guard SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw .tls("the system's certificate authorities cannot be read")
            }
        case .pem(let path):
            guard SSL_CTX_load_verify_locations(pointer, path, nil) == 1 else {
                throw .tls("\(path) has no certificate of an authority in PEM form: \(OpenSSLErrorQueue.latest())")
            }
        case .pkcs12(let path, let password):
            try add(try PKCS12(path: path, password: password).trustedCertificates, of: path)
        case .jks(let path, let password):
            var certificates: [Certificate] = []
            for der in try JavaKeyStore(path: path, password: password).trustedCertificates {
                certificates.append(try Certificate(der: der))
            }
            try add(certificates, of: path)
        }
    }

    private func add(_ certificates: [Certificate], of path: String) throws(StreamError) {
        guard !certificates.isEmpty else { throw .tls("\(path) holds no trusted certificate") }
        let store = SSL_CTX_get_cert_store(pointer)
        for certificate in certificates {
            guard X509_STORE_add_cert(store, certificate.pointer) == 1 else {
                throw .tls("\(path): \(OpenSSLErrorQueue.latest())")
            }
        }
        // A file with an intermediate authority alone trusts only that one.
        let parameters = SSL_CTX_get0_param(pointer)
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    }

    private func use(identity: TLSConfiguration.Store) throws(StreamError) {
        switch identity {
        case .pem(let path):
            guard SSL_CTX_use_certificate_chain_file(pointer, path) == 1,
                SSL_CTX_use_PrivateKey_file(pointer, path, SSL_FILETYPE_PEM) == 1
            else { throw .tls("\(path) lacks a certificate or its key in PEM form: \(OpenSSLErrorQueue.latest())") }
        case .pkcs12(let path, let password):
            let content = try PKCS12(path: path, password: password)
            guard let key = content.key, let certificate = content.ownCertificate else {
                throw .tls("\(path) holds no certificate with its key")
            }
            guard SSL_CTX_use_certificate(pointer, certificate) == 1, SSL_CTX_use_PrivateKey(pointer, key) == 1 else {
                throw .tls("\(path): \(OpenSSLErrorQueue.latest())")
            }
            // SSL_CTX_add1_chain_cert is a macro; it takes a reference of its own.
            for authority in content.certificates {
                SSL_CTX_ctrl(pointer, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(authority.pointer))
            }
        case .jks(let path, _):
            throw .tls(
                "\(path) is a JKS store, whose private key cannot be read; convert it: "
                    + JavaKeyStore.conversion(of: path))
        }
        guard SSL_CTX_check_private_key(pointer) == 1 else { throw .tls("the key does not match its certificate") }
    }
}
