import COpenSSL
import Foundation

/// One side of a TLS connection without any I/O: ciphertext in, plaintext out, and the reverse.
///
/// It uses OpenSSL with two memory buffers for the ciphertext. Not safe for two threads at once, since an `SSL*` is
/// not: `TLSConnection` keeps it under a lock that is never held during I/O.
final class TLSEngine {
    enum Progress: Equatable {
        case done
        /// Bytes from the peer are needed.
        case needsInput
    }

    private let context: TLSContext
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// OpenSSL permits no shutdown after a fatal error.
    private var hasFailed = false

    /// The client's side.
    convenience init(_ configuration: TLSConfiguration) throws(StreamError) {
        try self.init(try TLSContext(configuration))
        if case .identity(let host) = configuration.verification { try requireIdentity(Self.withoutDot(host)) }
        if let name = configuration.serverName { sendServerName(Self.withoutDot(name)) }
    }

    /// The side of the context. As a client, it neither requires nor sends a name.
    init(_ context: TLSContext) throws(StreamError) {
        self.context = context
        guard let ssl = SSL_new(context.pointer), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { throw .tls(OpenSSLErrorQueue.latest()) }
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        // An empty buffer means "no bytes yet", not the end. (BIO_set_mem_eof_return is a macro.)
        BIO_ctrl(incoming, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nil)
        BIO_ctrl(outgoing, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nil)
        SSL_set_bio(ssl, incoming, outgoing)
        if context.isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
    }

    deinit { SSL_free(ssl) }

    /// A dot at the end marks an absolute name for the resolver only; certificates and server names have none.
    private static func withoutDot(_ host: String) -> String { host.hasSuffix(".") ? String(host.dropLast()) : host }

    private func requireIdentity(_ host: String) throws(StreamError) {
        let parameters = SSL_get0_param(ssl)
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 { return }
        ERR_clear_error()
        guard SSL_set1_host(ssl, host) == 1 else { throw .tls("\(host) is not a host name") }
    }

    /// Sends the name in the ClientHello, whether or not the certificate is verified against it.
    private func sendServerName(_ serverName: String) {
        if let address = a2i_IPADDRESS(serverName) {
            ASN1_OCTET_STRING_free(address)
            return
        }
        // SSL_set_tlsext_host_name is a macro. A name that OpenSSL refuses is too long for any host; then none is sent.
        _ = serverName.withCString { name in
            SSL_ctrl(
                ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: name))
        }
        ERR_clear_error()
    }

    /// Adds bytes that were received from the peer.
    func feed(_ ciphertext: UnsafeRawBufferPointer) {
        guard let address = ciphertext.baseAddress, ciphertext.count > 0 else { return }
        // A memory buffer grows as needed and accepts everything.
        _ = BIO_write(incoming, address, Int32(ciphertext.count))
    }

    /// Whether there are bytes to be sent to the peer.
    var hasOutgoing: Bool { BIO_ctrl_pending(outgoing) > 0 }

    /// Removes and returns the bytes to be sent to the peer.
    func takeOutgoing() -> [UInt8] {
        let pending = BIO_ctrl_pending(outgoing)
        guard pending > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: pending)
        let count = BIO_read(outgoing, &bytes, Int32(pending))
        return Array(bytes.prefix(Int(max(0, count))))
    }

    /// Continues the handshake.
    func handshake() throws(StreamError) -> Progress {
        ERR_clear_error()
        return try progress(of: SSL_do_handshake(ssl)) ?? .done
    }

    /// Encrypts. The ciphertext is in `takeOutgoing()` afterwards.
    func write(_ plaintext: UnsafeRawBufferPointer) throws(StreamError) {
        guard let address = plaintext.baseAddress, plaintext.count > 0 else { return }
        clearErrors()
        let count = SSL_write(ssl, address, Int32(clamping: plaintext.count))
        guard count == plaintext.count else {
            _ = try progress(of: count)
            throw .tls("the peer renegotiates during a write")
        }
    }

    /// Decrypts into `buffer`. Returns the number of bytes, 0 after close_notify, nil if more input is needed.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int? {
        guard let address = buffer.baseAddress, buffer.count > 0 else { return 0 }
        guard hasInput else { return nil }
        clearErrors()
        let count = SSL_read(ssl, address, Int32(clamping: buffer.count))
        if count > 0 { return Int(count) }
        if SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN { return 0 }
        return try progress(of: count) == .needsInput ? nil : 0
    }

    /// Whether OpenSSL has anything to process: a failed call of it costs as much as decrypting a small record.
    private var hasInput: Bool {
        BIO_ctrl_pending(incoming) > 0 || SSL_has_pending(ssl) == 1 || hasFailed
            || SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0
    }

    /// Emptying a queue that is empty is expensive.
    private func clearErrors() { if ERR_peek_error() != 0 { ERR_clear_error() } }

    /// Ends this side of the connection. The alert (close_notify) is in `takeOutgoing()` afterwards. Sends nothing
    /// before the handshake is done and nothing after a failure.
    func shutDown() {
        guard !hasFailed, SSL_is_init_finished(ssl) == 1 else { return }
        _ = SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Returns nil for success. OpenSSL consults its error queue, so that is emptied before each call.
    private func progress(of result: Int32) throws(StreamError) -> Progress? {
        if result > 0 { return nil }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_WANT_WRITE: return .needsInput
        // close_notify, as a server sends it when it is stopped.
        case SSL_ERROR_ZERO_RETURN: throw .closed
        default:
            hasFailed = true
            let verdict = SSL_get_verify_result(ssl)
            if context.verifiesPeer, verdict != X509_V_OK, let text = X509_verify_cert_error_string(verdict) {
                throw .tls("the peer's certificate is refused: \(String(cString: text))")
            }
            let reason = ERR_GET_REASON(ERR_peek_last_error())
            throw .tls(explanation(of: reason) + OpenSSLErrorQueue.latest())
        }
    }

    /// What an error that has its cause in the peer's or this side's configuration means.
    private func explanation(of reason: Int32) -> String {
        switch reason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG: "the peer does not use TLS: "
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
            SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
            if !context.hasIdentity {
                "the peer requires a certificate, and none is configured (ssl.keystore.*): "
            } else if SSL_get_certificate(ssl) == nil {
                "the peer requires a certificate of an authority that it names, and the configured one is of another "
                    + "(ssl.keystore.*): "
            } else {
                "the peer refuses this side's certificate: "
            }
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
            SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
            "the peer refuses this side's certificate: "
        default: ""
        }
    }

    /// XN_FLAG_RFC2253, a macro that Swift does not see, without the escape of characters beyond ASCII.
    private static let subjectFlags = UInt(
        ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN
            | ASN1_STRFLGS_DUMP_DER | XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_DUMP_UNKNOWN_FIELDS)

    /// The subject of the peer's verified certificate as RFC 2253 writes it, for example `CN=client,O=Example`; nil if
    /// it has presented none, or none is verified.
    var peerSubject: String? {
        guard context.verifiesPeer, let certificate = SSL_get1_peer_certificate(ssl) else { return nil }
        defer { X509_free(certificate) }
        guard let text = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(text) }
        guard X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, Self.subjectFlags) >= 0 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(text))
        let count = BIO_read(text, &bytes, Int32(clamping: bytes.count))
        return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
