import ConnectData
import DebeziumPlugins
import WireCore

/// Finds what is wrong with a configuration, in Debezium's words, and what is asked for but not built.
struct ConfigurationCheck {
    private(set) var errors: [String: [String]] = [:]
    private(set) var warnings: [String] = []
    private let configuration: [String: String]
    private let profile: DebeziumProfile

    init(_ configuration: [String: String], _ profile: DebeziumProfile) {
        self.configuration = configuration
        self.profile = profile
    }

    mutating func run() {
        checkProfile()
        for option in ConnectorOptions.all(profile) where !option.isPattern { check(option) }
        checkPatterns()
        checkExclusiveLists()
        checkNames()
        checkQueue()
        checkTrustFiles()
        checkUnknown()
    }

    /// The value, or the default; nil if neither is.
    private func value(_ option: ConnectorOption) -> String? {
        configuration[option.name] ?? option.presence(profile)?.defaultValue
    }

    private mutating func refuse(_ name: String, _ problem: String) {
        guard errors[name] == nil else { return }
        errors[name] = [profile.validationMessage(name, problem)]
    }

    private mutating func checkProfile() {
        let name = DebeziumGeneration.overrideProperty
        guard let value = configuration[name], DebeziumGeneration(rawValue: value) == nil else { return }
        let choices = DebeziumGeneration.allCases.map(\.rawValue).joined(separator: ", ")
        errors[name] = ["The '\(name)' value is invalid: Value must be one of \(choices)"]
    }

    private mutating func check(_ option: ConnectorOption) {
        let name = option.name
        let presence = option.presence(profile)
        let value = value(option).map { JavaText.trim($0) }
        if option.check == .required || (name == "database.server.id" && profile.requiresServerID),
            value?.isEmpty ?? true {
            return refuse(name, "A value is required")
        }
        guard let value, configuration[name] != nil else { return }
        switch option.type {
        case .boolean:
            if !["true", "false"].contains(value.lowercased()) {
                return refuse(name, "Either 'true' or 'false' is expected")
            }
        case .int:
            guard let number = Int32(value) else { return refuse(name, "An integer is expected") }
            checkRange(option, Int64(number), isLong: false)
        case .long:
            guard let number = Int64(value) else { return refuse(name, "A long value is expected") }
            checkRange(option, number, isLong: true)
        default: break
        }
        if option.check == .expressions { checkExpressions(name, value) }
        if name == "time.precision.mode", value.lowercased() == "adaptive" {
            return refuse(name, "The 'adaptive' time.precision.mode is no longer supported")
        }
        if let choices = presence?.choices, !choices.isEmpty, !choices.contains(value.lowercased()) {
            return refuse(name, "Value must be one of \(choices.joined(separator: ", "))")
        }
        checkSupport(option, value)
    }

    private mutating func checkRange(_ option: ConnectorOption, _ number: Int64, isLong: Bool) {
        let kind = isLong && option.name != "poll.interval.ms" ? "long" : "integer"
        switch option.check {
        case .positive where number <= 0:
            refuse(
                option.name,
                profile.hasVersionedSchemas
                    ? "A positive, non-zero \(kind) value is expected"
                    : "A positive \(kind)\(kind == "long" ? " value" : "") is expected")
        case .notNegative where number < 0:
            refuse(option.name, isLong ? "A non-negative long value is expected" : "An non-negative integer is expected")
        default: break
        }
    }

    private mutating func checkExpressions(_ name: String, _ value: String) {
        do throws(JavaPattern.SyntaxError) {
            _ = try PatternList(value)
        } catch {
            refuse(name, "A comma-separated list of valid regular expressions is expected, but \(error)")
        }
    }

    private mutating func checkSupport(_ option: ConnectorOption, _ value: String) {
        let name = option.name
        let isDefault = value.lowercased() == option.presence(profile)?.defaultValue?.lowercased()
        if option.support == .tuning {
            guard !isDefault else { return }
            warnings.append("The property \(name) has no effect here: \(option.documentation)")
            return
        }
        let isLimited = option.support == .notYet || !option.supportedValues.isEmpty
        guard isLimited, !isDefault, !value.isEmpty, !option.supportedValues.contains(value.lowercased()),
            !option.supportedValues.contains(value)
        else { return }
        guard errors[name] == nil else { return }
        let supported = option.supportedValues.filter { option.presence(profile)?.choices.contains($0) ?? true }
        if supported.isEmpty {
            errors[name] = ["The option \(name) is not supported yet by cdcd. Remove it from the configuration"]
        } else {
            errors[name] = [
                "The value \(value) of the option \(name) is not supported yet by cdcd. Supported: "
                    + supported.joined(separator: ", ")
            ]
        }
    }

    /// Properties whose names hold a number, an algorithm or a table.
    private mutating func checkPatterns() {
        let prefixes = ["column.mask.", "column.truncate.to.", "snapshot.select.statement.overrides."]
        for name in configuration.keys where prefixes.contains(where: name.hasExactPrefix) {
            errors[name] = ["The option \(name) is not supported yet by cdcd. Remove it from the configuration"]
        }
        // A configuration that asks for TLS must not get plaintext.
        for name in configuration.keys where profile.historyClientPrefixes.contains(where: name.hasExactPrefix) {
            errors[name] = [
                "The option \(name) is not supported yet by cdcd: the clients of the schema history have no settings of their "
                    + "own and connect without TLS and SASL. Remove it from the configuration"
            ]
        }
    }

    private mutating func checkExclusiveLists() {
        for kind in ["table", "database", "column"] {
            let (included, excluded) = ("\(kind).include.list", "\(kind).exclude.list")
            guard configuration[included] != nil || configuration["\(kind).whitelist"] != nil,
                configuration[excluded] != nil || configuration["\(kind).blacklist"] != nil
            else { continue }
            for (blamed, named) in profile.blamedLists(kind) { refuse(blamed, "\"\(named)\" is already specified") }
        }
        if configuration["gtid.source.includes"] != nil, configuration["gtid.source.excludes"] != nil {
            refuse("gtid.source.excludes", profile.gtidListsProblem)
        }
    }

    private mutating func checkNames() {
        let property = profile.logicalNameProperty
        if let name = configuration[property], !name.isEmpty {
            if !name.utf8.allSatisfy(Self.isNameCharacter) {
                refuse(
                    property,
                    "\(name) has invalid format (only the underscore, hyphen, dot and alphanumeric characters are allowed)")
            } else if profile.requiresHistoryProperties, name == configuration["database.history.kafka.topic"] {
                refuse(property, "Must not have the same value as database.history.kafka.topic")
            }
        }
        if let operations = configuration["skipped.operations"] {
            let items = operations.split(separator: ",").map { JavaText.trim($0) }
            if items.contains("none"), items.count > 1 {
                refuse("skipped.operations", "'none' cannot be specified with other skipped operation types")
            } else if !items.allSatisfy({ ["c", "u", "d", "t", "r", "none"].contains($0) }) {
                refuse("skipped.operations", "Invalid operation")
            }
        }
        if let keys = configuration["message.key.columns"] {
            for part in keys.split(separator: ";") where !MessageKeys.isWellFormed(part) {
                refuse("message.key.columns", "\(part) has an invalid format (expecting '\(profile.messageKeyFormat)')")
            }
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    private mutating func checkQueue() {
        let batch = Int(configuration["max.batch.size"] ?? "2048") ?? 0
        let queue = Int(configuration["max.queue.size"] ?? "8192") ?? .max
        if queue <= batch { refuse("max.queue.size", "Must be larger than the maximum batch size") }
    }

    private mutating func checkTrustFiles() {
        for name in [CertificateStore.trust, CertificateStore.identity] {
            do throws(ConfigError) {
                _ = try CertificateStore.store(configuration, name)
            } catch { refuse(name, error.message) }
        }
    }

    /// What the JDBC driver would get, and what nobody knows.
    private mutating func checkUnknown() {
        let known = Set(ConnectorOptions.all(profile).map(\.name)).union(ConnectorOptions.driverProperties)
        for name in configuration.keys.sorted() where !known.contains(name) && errors[name] == nil {
            if ConnectorOptions.isWorkers(name) { continue }
            if name.hasExactPrefix("database.") && !name.hasExactPrefix("database.history") {
                warnings.append("The property \(name) has no effect: it is for Java's database driver")
            } else {
                warnings.append("The property \(name) is not known to the connector and has no effect")
            }
        }
    }
}

extension ConnectorOptions {
    /// Properties of the JDBC driver that mean something here.
    static let driverProperties: Set<String> = [
        "database.serverTimezone", "database.connectionTimeZone", "database.allowPublicKeyRetrieval",
        DebeziumGeneration.overrideProperty,
    ]

    /// Whether the worker, not the connector, reads the property.
    static func isWorkers(_ name: String) -> Bool {
        let prefixes = [
            "transforms", "predicates", "key.converter", "value.converter", "header.converter", "errors.",
            "topic.creation.", "producer.override.", "consumer.override.", "admin.override.",
        ]
        let names: Set<String> = [
            "name", "connector.class", "tasks.max", "tasks.max.enforce", "config.action.reload", "exactly.once.support",
            "transaction.boundary", "transaction.boundary.interval.ms", "offsets.storage.topic", "task.class",
            "connector.plugin.version",
        ]
        return names.contains(name) || prefixes.contains(where: name.hasExactPrefix)
    }
}
