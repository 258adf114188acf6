import WireCore

/// The client's side of the connection phase as a state machine: packets in, actions out.
///
/// Initial handshake, TLS if configured, the handshake response, then the authentication plugin's exchange: fast or
/// full `caching_sha2_password` (the password itself over TLS, otherwise encrypted with the server's RSA key), an
/// AuthSwitchRequest to another plugin, and finally OK or ERR. Source: "Connection Phase" of MySQL's internals manual.
package struct Handshake: ~Copyable {
    package struct Account: Equatable {
        var user: String
        var password: String
        var database: String?
        /// Whether an RSA key that the server sends over an unencrypted connection may be used.
        var allowPublicKeyRetrieval = false
        /// Sent as the connection attribute `program_name`.
        var programName: String?

        package init(
            user: String, password: String, database: String? = nil, allowPublicKeyRetrieval: Bool = false,
            programName: String? = nil
        ) {
            self.user = user
            self.password = password
            self.database = database
            self.allowPublicKeyRetrieval = allowPublicKeyRetrieval
            self.programName = programName
        }
    }

    package enum TLSRequirement: Equatable { case never, ifOffered, always }

    package enum Action: Equatable {
        case send([UInt8])
        /// Send this SSLRequest, start TLS on the connection, then call `tlsStarted()`.
        case startTLS(request: [UInt8])
        /// Encrypt the masked password with this key (RSA-OAEP) and send the result.
        case sendEncrypted(masked: [UInt8], publicKeyPEM: [UInt8])
        case connected(Session)
        case needMore
    }

    /// The result of a successful handshake.
    package struct Session: Equatable, Sendable {
        var serverVersion: String
        var isMariaDB: Bool
        var connectionID: UInt32
        var capabilities: CapabilityFlags
        var isEncrypted: Bool
    }

    /// The exchange with one authentication plugin.
    private struct Exchange {
        var greeting: InitialHandshake
        var plugin: String
        var challenge: [UInt8]
        var isEncrypted: Bool
        /// A server may request another plugin once.
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
    private let tls: TLSRequirement
    private var state: State

    package init(account: Account, tls: TLSRequirement) {
        self.init(account: account, tls: tls, state: .expectingGreeting)
    }

    private init(account: Account, tls: TLSRequirement, state: consuming State) {
        self.account = account
        self.tls = tls
        self.state = state
    }

    /// Processes the next packet from the server. After an error the handshake is finished.
    package mutating func receive(_ packet: UnsafeRawBufferPointer) throws(MySQLError) -> Action {
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

    /// Call this when the connection is encrypted. Returns the handshake response to send.
    package mutating func tlsStarted() -> Action {
        let (account, tls) = (account, tls)
        switch consume state {
        case .startingTLS(let greeting):
            self = Self(account: account, tls: tls, state: .finished)
            return respond(to: greeting, isEncrypted: true)
        case .expectingGreeting: preconditionFailure("TLS was not requested")
        case .authenticating: preconditionFailure("TLS was not requested")
        case .expectingPublicKey: preconditionFailure("TLS was not requested")
        case .finished: preconditionFailure("TLS was not requested")
        }
    }

    private mutating func greet(_ greeting: InitialHandshake) throws(MySQLError) -> Action {
        guard greeting.capabilities.isSuperset(of: [.protocol41, .secureConnection, .pluginAuthentication]) else {
            throw .unsupported(.serverVersion(greeting.serverVersion))
        }
        let isOffered = greeting.capabilities.contains(.tls)
        switch tls {
        case .always where !isOffered:
            throw .unsupported(.tlsNotOffered)
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
            plugin: plugin, programName: account.programName)
        self = Self(account: account, tls: tls, state: .authenticating(exchange))
        return .send(response.encoded())
    }

    private static func proof(_ password: String, _ exchange: Exchange) -> [UInt8] {
        switch exchange.plugin {
        case "mysql_native_password": PasswordScramble.nativePassword(password, challenge: exchange.challenge)
        case "caching_sha2_password": PasswordScramble.cachingSHA2(password, challenge: exchange.challenge)
        // sha256_password: 1 requests the server's key; over TLS the password itself is sent.
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
        case "mysql_clear_password": throw authenticationError(.clearTextPasswordWithoutTLS, exchange)
        default: throw authenticationError(.unsupportedPlugin(plugin), exchange)
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

    /// Full authentication over an unencrypted connection needs the server's RSA key.
    private mutating func requestKey(_ exchange: Exchange) throws(MySQLError) -> Action {
        guard account.allowPublicKeyRetrieval else {
            throw authenticationError(.publicKeyRetrievalNotAllowed, exchange)
        }
        self = Self(account: account, tls: tls, state: .expectingPublicKey(exchange))
        return .send([exchange.plugin == "sha256_password" ? 0x01 : 0x02])
    }

    private func authenticationError(_ reason: MySQLAuthenticationError.Reason, _ exchange: Exchange) -> MySQLError {
        .authentication(
            MySQLAuthenticationError(reason, user: account.user, isMariaDB: exchange.greeting.isMariaDB))
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
