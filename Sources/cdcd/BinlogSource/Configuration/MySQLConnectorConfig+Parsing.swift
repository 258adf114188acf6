import ConnectData
import MySQLWire
import WireCore
import WireStreams

extension MySQLConnectorConfig {
    /// Reads a configuration.
    ///
    /// - Throws: the first of the errors that `ConnectorOptions.validate` finds, or what only a start asks for.
    package init(configuration: [String: String]) throws(ConfigError) {
        let profile = DebeziumProfile(configuration: configuration)
        var check = ConfigurationCheck(configuration, profile)
        check.run()
        if let (name, messages) = check.errors.min(by: { $0.key < $1.key }), let message = messages.first {
            throw ConfigError(name: name, value: configuration[name], message: message)
        }
        let reader = ConfigurationReader(configuration, profile)
        self.profile = profile
        logicalName = reader.text(profile.logicalNameProperty) ?? ""
        connection = try reader.connection()
        initialStatements = reader.statements("database.initial.statements")
        connectionZone = try reader.connectionZone()
        serverID = try reader.serverID()
        do {
            filter = try TableFilter(configuration)
            gtidSources = try GTIDSourceFilter(configuration)
            messageKeys = try MessageKeys(
                configuration["message.key.columns"] ?? "", keepsListedOrder: profile.keepsListedKeyOrder)
        } catch let error as ConfigError {
            throw error
        } catch {
            throw ConfigError(name: "message.key.columns", value: configuration["message.key.columns"], reason: "\(error)")
        }
        snapshot = reader.snapshot()
        values = reader.values()
        history = try reader.history()
        tombstonesOnDelete = reader.flag("tombstones.on.delete", true)
        skipsUnchangedRows = profile.hasVersionedSchemas && reader.flag("skip.messages.without.change", false)
        unrepresentableValueHandling = reader.choice("event.converting.failure.handling.mode") ?? .warn
        includesSchemaChanges = reader.flag("include.schema.changes", true)
        includesSchemaComments = reader.flag("include.schema.comments", false)
        includesQuery = reader.flag("include.query", false)
        skippedOperations = reader.skippedOperations()
        schemaNameAdjustment =
            reader.choice("schema.name.adjustment.mode") ?? NameAdjustment(rawValue: profile.defaultNameAdjustment) ?? .none
        fieldNameAdjustment =
            reader.choice("field.name.adjustment.mode") ?? (reader.flag("sanitize.field.names", false) ? .avro : .none)
        topicDelimiter = profile.hasVersionedSchemas ? reader.text("topic.delimiter") ?? "." : "."
        hasExtendedHeaders = profile.hasContextHeaders && reader.flag("extended.headers.enabled", true)
        let handling = reader.text("inconsistent.schema.handling.mode")?.lowercased()
        inconsistentSchemaHandling = handling == "ignore" ? .skip : FailureHandling(rawValue: handling ?? "fail") ?? .fail
    }
}

/// Reads properties of a configuration that was found to be right.
struct ConfigurationReader {
    private let configuration: [String: String]
    private let profile: DebeziumProfile

    init(_ configuration: [String: String], _ profile: DebeziumProfile) {
        self.configuration = configuration
        self.profile = profile
    }

    /// Nil if it is absent or empty.
    func text(_ name: String) -> String? {
        JavaText.trimmedOrNil(configuration[name])
    }

    func flag(_ name: String, _ defaultValue: Bool) -> Bool { text(name).map { $0.lowercased() == "true" } ?? defaultValue }

    func number(_ name: String, _ defaultValue: Int) -> Int { text(name).flatMap { Int($0) } ?? defaultValue }

    func choice<Choice: RawRepresentable>(_ name: String) -> Choice? where Choice.RawValue == String {
        text(name).flatMap { Choice(rawValue: $0.lowercased()) }
    }

    func connection() throws(ConfigError) -> MySQLConfiguration {
        let port = number("database.port", 3306)
        guard let port = UInt16(exactly: port), port > 0 else {
            throw ConfigError(name: "database.port", value: "\(port)", reason: "Value must be between 1 and 65535")
        }
        var options = MySQLConfiguration(
            address: SocketAddress(host: text("database.hostname") ?? "", port: port), user: text("database.user") ?? "",
            password: configuration["database.password"] ?? "")
        options.programName = "cdcd"
        options.tlsMode =
            switch text("database.ssl.mode")?.lowercased() ?? profile.defaultTLSMode {
            case "disabled": .disabled
            case "required": .required
            case "verify_ca": .verifyAuthority
            case "verify_identity": .verifyIdentity
            default: .preferred
            }
        options.trust = try CertificateStore.store(configuration, CertificateStore.trust)
        options.identity = try CertificateStore.store(configuration, CertificateStore.identity)
        options.allowPublicKeyRetrieval = flag("database.allowPublicKeyRetrieval", false)
        options.connectTimeoutMilliseconds = number("connect.timeout.ms", 30_000)
        return options
    }

    /// `a;b` are two statements; `;;` is a semicolon within one.
    func statements(_ name: String) -> [String] {
        var statements = [""]
        var characters = (configuration[name] ?? "")[...]
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

    func connectionZone() throws(ConfigError) -> ConnectionZone? {
        for name in profile.connectionZoneProperties {
            guard let zone = text(name), !["SERVER", "LOCAL"].contains(zone.uppercased()) else { continue }
            guard let connectionZone = ConnectionZone(zone) else {
                throw ConfigError(name: name, value: zone, reason: "No such time zone is known")
            }
            return connectionZone
        }
        return nil
    }

    func serverID() throws(ConfigError) -> UInt32 {
        guard let text = text("database.server.id") else { return UInt32.random(in: 5400...6400) }
        guard let number = UInt32(text), number > 0 else {
            throw ConfigError(name: "database.server.id", value: text, reason: "Value must be between 1 and \(UInt32.max)")
        }
        return number
    }

    func snapshot() -> SnapshotOptions {
        var options = SnapshotOptions()
        let mode = text("snapshot.mode")?.lowercased() ?? "initial"
        options.mode = mode == "schema_only" ? .noData : SnapshotOptions.Mode(rawValue: mode) ?? .initial
        options.locking = choice("snapshot.locking.mode") ?? .minimal
        options.delayMilliseconds = number("snapshot.delay.ms", 0)
        options.streamingDelayMilliseconds = number("streaming.delay.ms", 0)
        options.lockTimeoutMilliseconds = number("snapshot.lock.timeout.ms", 10_000)
        return options
    }

    func values() -> ValueOptions {
        var options = ValueOptions()
        options.decimals = choice("decimal.handling.mode") ?? .precise
        options.unsignedBigints = choice("bigint.unsigned.handling.mode") ?? .long
        options.times = choice("time.precision.mode") ?? .adaptiveTimeMicroseconds
        options.binary = choice("binary.handling.mode") ?? .bytes
        options.adjustsYears = flag("enable.time.adjuster", true)
        return options
    }

    func history() throws(ConfigError) -> HistoryOptions {
        let prefix = profile.historyPrefix
        func required(_ name: String) throws(ConfigError) -> String {
            if let value = text(prefix + name) { return value }
            throw ConfigError(
                name: prefix + name, value: nil,
                message: profile.validationMessage(prefix + name, "A value is required"))
        }
        var options = HistoryOptions(
            topic: try required("kafka.topic"), bootstrapServers: try required("kafka.bootstrap.servers"))
        options.skipsUnparseableDDL = flag(prefix + "skip.unparseable.ddl", false)
        options.storesOnlyCapturedTables =
            flag(prefix + "store.only.captured.tables.ddl", false) || flag(prefix + "store.only.monitored.tables.ddl", false)
        options.storesOnlyCapturedDatabases = flag(prefix + "store.only.captured.databases.ddl", false)
        options.queryTimeoutMilliseconds = number(prefix + "kafka.query.timeout.ms", options.queryTimeoutMilliseconds)
        options.createTimeoutMilliseconds = number(prefix + "kafka.create.timeout.ms", options.createTimeoutMilliseconds)
        return options
    }

    func skippedOperations() -> MySQLConnectorConfig.SkippedOperations {
        var operations: MySQLConnectorConfig.SkippedOperations = []
        for item in (text("skipped.operations") ?? profile.defaultSkippedOperations).split(separator: ",") {
            switch JavaText.trim(item) {
            case "c": operations.insert(.create)
            case "u": operations.insert(.update)
            case "d": operations.insert(.delete)
            case "t": operations.insert(.truncate)
            default: break
            }
        }
        return operations
    }
}
