import ConnectData
import MySQLWire
import WireStreams

/// The code that consumes options whose values are more than a number, a flag, a text or a choice.
extension ConnectorOptions {
    // MARK: Connection

    static let tlsModes: [String: MySQLConfiguration.TLSMode] = [
        "disabled": .disabled, "preferred": .preferred, "required": .required, "verify_ca": .verifyAuthority,
        "verify_identity": .verifyIdentity,
    ]

    static func host(_ input: ConfigInput, _ config: inout MySQLConnectorConfig) {
        config.connection.address = SocketAddress(host: input.trimmed ?? "", port: config.connection.address.port)
    }

    static func port(_ input: ConfigInput, _ config: inout MySQLConnectorConfig) throws(ConfigError) {
        guard let number = input.integer, let port = UInt16(exactly: number), port > 0 else {
            throw ConfigError(name: input.name, value: input.trimmed, reason: "Value must be between 1 and 65535")
        }
        config.connection.address = SocketAddress(host: config.connection.address.host, port: port)
    }

    static func serverID(_ input: ConfigInput, _ config: inout MySQLConnectorConfig) throws(ConfigError) {
        guard let number = input.integer else { return }
        guard let id = UInt32(exactly: number), id > 0 else {
            throw ConfigError(
                name: input.name, value: input.trimmed, reason: "Value must be between 1 and \(UInt32.max)")
        }
        config.serverID = id
    }

    static func store(_ path: ConfigPath<MySQLConnectorConfig, TLSConfiguration.Store?>) -> Consumer {
        { (input, config) throws(ConfigError) in
            guard let file = input.trimmed else { return }
            config[keyPath: path] = try .detecting(path: file, property: input.name)
        }
    }

    /// Declared after the option that names the file.
    static func storePassword(_ path: ConfigPath<MySQLConnectorConfig, TLSConfiguration.Store?>) -> Consumer {
        { input, config in
            guard let password = input.text else { return }
            config[keyPath: path] = config[keyPath: path]?.with(password: password)
        }
    }

    static func connectionZone(_ input: ConfigInput, _ config: inout MySQLConnectorConfig) throws(ConfigError) {
        guard let name = input.trimmed, !["SERVER", "LOCAL"].contains(name.uppercased()) else { return }
        guard let zone = ConnectionZone(name) else {
            throw ConfigError(name: input.name, value: name, reason: "No such time zone is known")
        }
        config.connectionZone = zone
    }

    /// `a;b` are two statements; `;;` is a semicolon within one.
    static func statements(_ text: String) -> [String] {
        var statements = [""]
        var characters = text[...]
        while let character = characters.popFirst() {
            if character == ";", characters.first == ";" {
                characters.removeFirst()
                statements[statements.count - 1].append(";")
            } else if character == ";" {
                statements.append("")
            } else {
                statements[statements.count - 1].append(character)
            }
        }
        return statements.map { JavaText.trim($0) }.filter { !$0.isEmpty }
    }

    // MARK: Filters

    /// A list of databases, tables or columns. A blank one counts as absent; of two names the one declared first wins.
    static func list(_ path: ConfigPath<MySQLConnectorConfig, PatternList?>) -> Consumer {
        { (input, config) throws(ConfigError) in
            guard config[keyPath: path] == nil, input.trimmed != nil else { return }
            config[keyPath: path] = try patterns(input)
        }
    }

    /// A list of GTID sources. A blank one matches none.
    static func sources(_ path: ConfigPath<MySQLConnectorConfig, PatternList?>) -> Consumer {
        { (input, config) throws(ConfigError) in
            guard input.isGiven else { return }
            config[keyPath: path] = try patterns(input)
        }
    }

    private static func patterns(_ input: ConfigInput) throws(ConfigError) -> PatternList {
        do throws(JavaPattern.SyntaxError) { return try PatternList(input.text ?? "") } catch {
            throw ConfigError(name: input.name, value: input.text, reason: "\(error)")
        }
    }

    static func messageKeys(_ input: ConfigInput, _ config: inout MySQLConnectorConfig) throws(ConfigError) {
        do throws(JavaPattern.SyntaxError) {
            config.messageKeys = try MessageKeys(
                input.text ?? "", keepsListedOrder: config.profile.keepsListedKeyOrder)
        } catch {
            throw ConfigError(name: input.name, value: input.text, reason: "\(error)")
        }
    }

    // MARK: Schema history

    /// A text without which the connector cannot start, although Debezium's validation accepts its absence.
    static func required(_ path: ConfigPath<MySQLConnectorConfig, String>) -> Consumer {
        { (input, config) throws(ConfigError) in
            guard let text = input.trimmed else {
                let message = config.profile.validationMessage(input.name, "A value is required")
                throw ConfigError(name: input.name, value: nil, message: message)
            }
            config[keyPath: path] = text
        }
    }

    /// Each of the two names of 1.9 turns it on.
    static func storesOnlyCapturedTables(_ input: ConfigInput, _ config: inout MySQLConnectorConfig) {
        if input.setting == .boolean(true) { config.history.storesOnlyCapturedTables = true }
    }
}
