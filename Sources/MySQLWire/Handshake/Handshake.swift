import WireCore

/// The connection phase from the client's side, as a value: packets in, actions out.
///
/// Greeting, TLS where wanted, the response, then whatever the authentication plugin asks for: a fast or full
/// `caching_sha2_password` (over TLS in the clear, otherwise by the server's RSA key), an AuthSwitchRequest to
/// another plugin, and at last OK or ERR. Source: "Connection Phase" of MySQL's internals manual.
struct Handshake: ~Copyable {
    struct Account: Equatable {
        var user: String
        var password: String
        var database: String?
        /// Whether a public key that the server sends in the clear may be trusted.
        var allowPublicKeyRetrieval = false
    }

    enum TLSDemand: Equatable { case never, ifOffered, always }

    enum Action: Equatable {
        case send([UInt8])
        /// Send this SSLRequest, turn the connection into TLS, then call `tlsStarted()`.
        case startTLS(request: [UInt8])
        /// Encrypt the masked password with this key (RSA-OAEP) and send the result.
        case sendEncrypted(masked: [UInt8], publicKeyPEM: [UInt8])
        case connected(Session)
        case needMore
    }

    /// What is known of the server once the connection stands.
    struct Session: Equatable, Sendable {
        var serverVersion: String
        var isMariaDB: Bool
        var connectionID: UInt32
        var capabilities: CapabilityFlags
        var isEncrypted: Bool
    }

    /// One plugin's part of the conversation.
    private struct Exchange {
        var greeting: InitialHandshake
        var plugin: String
        var challenge: [UInt8]
        var isEncrypted: Bool
        /// A server may ask for another plugin once.
        var hasSwitched = false
    }

    private enum State: ~Copyable {
        case expectingGreeting
        case startingTLS(InitialHandshake)
        case authenticating(Exchange)
        case expectingPublicKey(Exchange)
        case finished
    }

    private let account: Account
    private let tls: TLSDemand
    private var state: State

    init(account: Account, tls: TLSDemand) {
        self.init(account: account, tls: tls, state: .expectingGreeting)
    }

    private init(account: Account, tls: TLSDemand, state: consuming State) {
        self.account = account
        self.tls = tls
        self.state = state
    }

    /// Takes the next packet from the server. After an error the machine is finished.
    mutating func receive(_ packet: UnsafeRawBufferPointer) throws(MySQLError) -> Action {
        let (account, tls) = (account, tls)
        switch consume state {
        case .expectingGreeting:
            self = Self(account: account, tls: tls, state: .finished)
            try Self.throwServerError(packet)
            return try greet(try Self.decode("HandshakeV10", packet, InitialHandshake.init))
        case .authenticating(let exchange):
            self = Self(account: account, tls: tls, state: .finished)
            try Self.throwServerError(packet)
            return try proceed(exchange, packet)
        case .expectingPublicKey(let exchange):
            self = Self(account: account, tls: tls, state: .authenticating(exchange))
            try Self.throwServerError(packet)
            guard packet.first == 0x01 else { throw Self.unexpected(packet) }
            return .sendEncrypted(
                masked: PasswordScramble.masked(account.password, challenge: exchange.challenge),
                publicKeyPEM: [UInt8](packet.dropFirst()))
        case .startingTLS:
            self = Self(account: account, tls: tls, state: .finished)
            throw Self.unexpected(packet)
        case .finished:
            self = Self(account: account, tls: tls, state: .finished)
            throw Self.unexpected(packet)
        }
    }

    /// The connection is encrypted now; answers with the response to send over it.
    mutating func tlsStarted() -> Action {
        let (account, tls) = (account, tls)
        switch consume state {
        case .startingTLS(let greeting):
            self = Self(account: account, tls: tls, state: .finished)
            return respond(to: greeting, isEncrypted: true)
        case .expectingGreeting: preconditionFailure("TLS was not asked for")
        case .authenticating: preconditionFailure("TLS was not asked for")
        case .expectingPublicKey: preconditionFailure("TLS was not asked for")
        case .finished: preconditionFailure("TLS was not asked for")
        }
    }

    private mutating func greet(_ greeting: InitialHandshake) throws(MySQLError) -> Action {
        guard greeting.capabilities.isSuperset(of: [.protocol41, .secureConnection, .pluginAuthentication]) else {
            throw .unsupported("the server \(greeting.serverVersion) is too old: it lacks protocol 4.1 or its plugins")
        }
        let isOffered = greeting.capabilities.contains(.tls)
        switch tls {
        case .always where !isOffered:
            throw .unsupported("TLS is demanded, but the server offers none; the remedy: ssl_cert and ssl_key on the server")
        case .always, .ifOffered:
            guard isOffered else { break }
            self = Self(account: account, tls: tls, state: .startingTLS(greeting))
            let flags = Self.capabilities(for: greeting, account: account, isEncrypted: true)
            return .startTLS(request: HandshakeResponse.sslRequest(flags))
        case .never: break
        }
        return respond(to: greeting, isEncrypted: false)
    }

    private static func capabilities(
        for greeting: InitialHandshake, account: Account, isEncrypted: Bool
    ) -> CapabilityFlags {
        var flags: CapabilityFlags = [
            .longPassword, .longFlag, .protocol41, .transactions, .secureConnection, .multiResults,
            .pluginAuthentication, .connectionAttributes, .lengthEncodedAuthentication,
        ]
        flags.formUnion(greeting.capabilities.intersection(.deprecateEOF))
        if isEncrypted { flags.insert(.tls) }
        if account.database != nil { flags.insert(.connectWithDatabase) }
        return flags
    }

    private mutating func respond(to greeting: InitialHandshake, isEncrypted: Bool) -> Action {
        let known = ["caching_sha2_password", "mysql_native_password"]
        let plugin = known.contains(greeting.authenticationPlugin) ? greeting.authenticationPlugin : known[0]
        let exchange = Exchange(
            greeting: greeting, plugin: plugin, challenge: greeting.challenge, isEncrypted: isEncrypted)
        let response = HandshakeResponse(
            capabilities: Self.capabilities(for: greeting, account: account, isEncrypted: isEncrypted),
            user: account.user, authentication: Self.proof(account.password, exchange), database: account.database,
            plugin: plugin)
        self = Self(account: account, tls: tls, state: .authenticating(exchange))
        return .send(response.encoded())
    }

    private static func proof(_ password: String, _ exchange: Exchange) -> [UInt8] {
        switch exchange.plugin {
        case "mysql_native_password": PasswordScramble.nativePassword(password, challenge: exchange.challenge)
        case "caching_sha2_password": PasswordScramble.cachingSHA2(password, challenge: exchange.challenge)
        // sha256_password: an empty answer asks for the key; over TLS the password itself.
        case "sha256_password" where password.isEmpty: [0]
        case "sha256_password": exchange.isEncrypted ? Array(password.utf8) + [0] : [1]
        default: Array(password.utf8) + [0]
        }
    }

    /// OK, AuthSwitchRequest (0xFE) or AuthMoreData (0x01).
    private mutating func proceed(_ exchange: Exchange, _ packet: UnsafeRawBufferPointer) throws(MySQLError) -> Action {
        switch packet.first {
        case 0x00:
            return .connected(
                Session(
                    serverVersion: exchange.greeting.serverVersion, isMariaDB: exchange.greeting.isMariaDB,
                    connectionID: exchange.greeting.connectionID,
                    capabilities: Self.capabilities(
                        for: exchange.greeting, account: account, isEncrypted: exchange.isEncrypted),
                    isEncrypted: exchange.isEncrypted))
        case 0xFE: return try switchPlugin(exchange, packet)
        case 0x01: return try moreData(exchange, packet)
        default: throw Self.unexpected(packet)
        }
    }

    private mutating func switchPlugin(
        _ exchange: Exchange, _ packet: UnsafeRawBufferPointer
    ) throws(MySQLError) -> Action {
        let (plugin, challenge) = try Self.decode("AuthSwitchRequest", packet) { (packet) throws(WireError) in
            var reader = ByteReader(packet)
            try reader.skip(1)
            let plugin = String(decoding: try reader.nullTerminated(), as: UTF8.self)
            var challenge = reader.rest().array()
            if challenge.last == 0 { challenge.removeLast() }
            return (plugin, challenge)
        }
        guard !exchange.hasSwitched else { throw Self.unexpected(packet) }
        var next = exchange
        next.hasSwitched = true
        next.plugin = plugin
        next.challenge = challenge
        switch plugin {
        case "caching_sha2_password", "mysql_native_password", "sha256_password": break
        case "mysql_clear_password" where exchange.isEncrypted: break
        case "mysql_clear_password":
            throw .authentication(
                "the account \(account.user) sends its password in the clear (mysql_clear_password), which is only done "
                    + "over TLS; the remedy: database.ssl.mode=required")
        default:
            let known = exchange.greeting.isMariaDB ? "VIA mysql_native_password USING PASSWORD('…')"
                : "WITH caching_sha2_password BY '…'"
            throw .authentication(
                "the account \(account.user) authenticates by the plugin \(plugin), which is not supported; the remedy: "
                    + "ALTER USER … IDENTIFIED \(known)")
        }
        self = Self(account: account, tls: tls, state: .authenticating(next))
        if plugin == "sha256_password", !account.password.isEmpty, !exchange.isEncrypted { return try requestKey(next) }
        return .send(Self.proof(account.password, next))
    }

    private mutating func moreData(
        _ exchange: Exchange, _ packet: UnsafeRawBufferPointer
    ) throws(MySQLError) -> Action {
        self = Self(account: account, tls: tls, state: .authenticating(exchange))
        guard exchange.plugin == "caching_sha2_password", packet.count == 2 else { throw Self.unexpected(packet) }
        switch packet[1] {
        case 0x03: return .needMore
        case 0x04 where exchange.isEncrypted: return .send(Array(account.password.utf8) + [0])
        case 0x04: return try requestKey(exchange)
        default: throw Self.unexpected(packet)
        }
    }

    /// Full authentication over an open connection needs the server's RSA key.
    private mutating func requestKey(_ exchange: Exchange) throws(MySQLError) -> Action {
        guard account.allowPublicKeyRetrieval else {
            throw .authentication(
                "Public Key Retrieval is not allowed: the account \(account.user) needs its full authentication over a "
                    + "connection without TLS. The remedy: database.ssl.mode=required, or, where nobody can sit between, "
                    + "database.allowPublicKeyRetrieval=true")
        }
        self = Self(account: account, tls: tls, state: .expectingPublicKey(exchange))
        return .send([exchange.plugin == "sha256_password" ? 0x01 : 0x02])
    }

    // MARK: Packets

    private static func throwServerError(_ packet: UnsafeRawBufferPointer) throws(MySQLError) {
        guard packet.first == 0xFF else { return }
        throw .server(try decode("ERR_Packet", packet, MySQLServerError.init(errorPacket:)).beforeFirstCommand)
    }

    private static func decode<T>(
        _ name: String, _ packet: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(WireError) -> T
    ) throws(MySQLError) -> T {
        do throws(WireError) { return try body(packet) } catch { throw .malformed(MySQLProtocolError(name, error)) }
    }

    private static func unexpected(_ packet: UnsafeRawBufferPointer) -> MySQLError {
        let header = packet.first.map { "header \($0)" } ?? "an empty packet"
        return .malformed(MySQLProtocolError("handshake", WireError(.invalidValue("unexpected \(header)"), at: 0)))
    }
}
