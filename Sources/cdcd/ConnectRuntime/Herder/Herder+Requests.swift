import ConnectData
import WireCore

/// What REST asks of the herder. Each call writes what it has to; what follows from it comes after the answer.
extension Herder {
    func requireConnector(_ name: String, _ message: String) throws(HerderError) {
        guard view.connectors[name] != nil else { throw .notFound(message) }
    }

    /// Stores a configuration that was validated.
    ///
    /// - Returns: whether the connector is new.
    func putConnector(
        _ name: String, _ config: ConnectorConfig, initialState: TargetState?, mayReplace: Bool
    ) throws -> Bool {
        let isNew = view.connectors[name] == nil
        guard isNew || mayReplace else { throw HerderError.conflict("Connector \(name) already exists") }
        var records: [ConfigRecord.KeyValue] = []
        if let initialState { records.append(ConfigRecord.targetState(name, initialState)) }
        records.append(ConfigRecord.connector(name, config))
        try write(records)
        return isNew
    }

    func deleteConnector(_ name: String) throws {
        try requireConnector(name, "Connector \(name) not found")
        try write([ConfigRecord.connector(name, nil), ConfigRecord.targetState(name, nil)])
    }

    func setTargetState(_ name: String, _ state: TargetState) throws {
        try requireConnector(name, "Unknown connector \(name)")
        try write([ConfigRecord.targetState(name, state)])
    }

    func stopConnector(_ name: String) throws {
        try requireConnector(name, "Unknown connector \(name)")
        try write([ConfigRecord.commit(name, tasks: 0), ConfigRecord.targetState(name, .stopped)])
    }

    /// - Returns: the statuses as they will be.
    func requestRestart(_ request: RestartRequest) throws -> RestartPlan {
        try requireConnector(request.connector, "Unknown connector: \(request.connector)")
        guard let plan = RestartPlan(request, environment.statuses.snapshot) else {
            throw HerderError.notFound("Status for connector \(request.connector) not found")
        }
        try write([ConfigRecord.restart(request)])
        return plan
    }

    /// As leader of the group: a key with which workers would sign requests to each other, renewed when it is old.
    func rotateSessionKey() {
        let configuration = environment.configuration
        guard configuration.connectProtocol == .sessioned else { return }
        let now = environment.clock()
        guard now >= nextKeyAttemptMilliseconds else { return }
        if let key = view.sessionKey, key.algorithm == "HmacSHA256",
            now - key.createdMilliseconds < Int64(configuration.sessionKeyLifetimeMilliseconds) { return }
        var text = ByteWriter()
        text.base64(SessionKey.randomBytes(configuration.sessionKeyBytes))
        let key = SessionKey(
            keyBase64: String(decoding: text.array(), as: UTF8.self), algorithm: "HmacSHA256", createdMilliseconds: now)
        do {
            try write([ConfigRecord.session(key)])
            logger.info("\(prefix) Session key updated")
        } catch {
            nextKeyAttemptMilliseconds = now + 60_000
            logger.error("\(prefix) The session key could not be renewed, will be tried again: \(error)")
        }
    }

    /// - Throws: unless the connector is stopped, so that its offsets may be changed.
    func configOfStoppedConnector(_ name: String) throws -> ConnectorConfig {
        try requireMembership()
        let view = view
        guard let config = view.connectors[name] else { throw HerderError.notFound("Connector \(name) not found") }
        guard view.targetState(of: name) == .stopped, view.tasks(of: name).isEmpty else {
            throw HerderError.badRequest(
                "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified "
                    + "connector by issuing a 'PUT' request to the '/connectors/\(name)/stop' endpoint")
        }
        return config
    }

    func removalOfAllOffsets(_ name: String) throws -> [PartitionOffset] {
        try environment.offsets.refresh()
        return environment.offsets.offsets(of: name).map { PartitionOffset(partition: $0.partition, offset: nil) }
    }

    /// Writes offsets of a stopped connector.
    func writeOffsets(_ name: String, _ changes: [PartitionOffset]) throws {
        _ = try configOfStoppedConnector(name)
        try environment.offsets.refresh()
        for change in changes {
            try environment.offsets.write(
                change.offset, of: OffsetView.Source(connector: name, partition: change.partition))
        }
    }
}
