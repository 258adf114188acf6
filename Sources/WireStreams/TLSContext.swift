import COpenSSL
import Foundation

/// An OpenSSL context made from a `TLSConfiguration`: certificates read, checks set.
final class TLSContext {
    let pointer: OpaquePointer

    /// Throws `StreamError.tls` naming the file and what is wrong with it.
    init(_ configuration: TLSConfiguration, isServer: Bool) throws(StreamError) {
        guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw .tls(OpenSSLFault.latest())
        }
        pointer = context
        // SSL_CTX_set_min_proto_version is a macro.
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        let mode = configuration.verification == .none ? SSL_VERIFY_NONE : SSL_VERIFY_PEER
        SSL_CTX_set_verify(context, mode, nil)
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
                throw .tls("\(path) has no certificate of an authority in PEM form: \(OpenSSLFault.latest())")
            }
        case .pkcs12(let path, let password):
            let content = try PKCS12(path: path, password: password)
            let store = SSL_CTX_get_cert_store(pointer)
            for certificate in content.certificates { X509_STORE_add_cert(store, certificate) }
            guard !content.certificates.isEmpty else { throw .tls("\(path) holds no certificate") }
        }
    }

    private func use(identity: TLSConfiguration.Store) throws(StreamError) {
        switch identity {
        case .pem(let path):
            guard SSL_CTX_use_certificate_chain_file(pointer, path) == 1,
                SSL_CTX_use_PrivateKey_file(pointer, path, SSL_FILETYPE_PEM) == 1
            else { throw .tls("\(path) lacks a certificate or its key in PEM form: \(OpenSSLFault.latest())") }
        case .pkcs12(let path, let password):
            let content = try PKCS12(path: path, password: password)
            guard let key = content.key, let certificate = content.ownCertificate else {
                throw .tls("\(path) holds no certificate with its key")
            }
            guard SSL_CTX_use_certificate(pointer, certificate) == 1, SSL_CTX_use_PrivateKey(pointer, key) == 1 else {
                throw .tls("\(path): \(OpenSSLFault.latest())")
            }
        }
        guard SSL_CTX_check_private_key(pointer) == 1 else { throw .tls("the key does not fit its certificate") }
    }
}

/// The content of a PKCS#12 file (`.p12`, `.pfx`).
private final class PKCS12 {
    private(set) var key: OpaquePointer?
    private(set) var ownCertificate: OpaquePointer?
    private(set) var certificates: [OpaquePointer] = []

    init(path: String, password: String) throws(StreamError) {
        guard let file = BIO_new_file(path, "rb") else { throw .tls("\(path) cannot be read") }
        defer { BIO_free(file) }
        guard let content = d2i_PKCS12_bio(file, nil) else {
            throw .tls(
                "\(path) is not a PKCS#12 store; a JKS store becomes one by: keytool -importkeystore -srckeystore "
                    + "\(path) -destkeystore store.p12 -deststoretype PKCS12")
        }
        defer { PKCS12_free(content) }
        var chain: OpaquePointer?
        guard PKCS12_parse(content, password, &key, &ownCertificate, &chain) == 1 else {
            throw .tls("\(path) does not open with its password")
        }
        if let chain {
            while let certificate = OPENSSL_sk_pop(chain) { certificates.append(OpaquePointer(certificate)) }
            OPENSSL_sk_free(chain)
        }
    }

    deinit {
        EVP_PKEY_free(key)
        X509_free(ownCertificate)
        for certificate in certificates { X509_free(certificate) }
    }
}
