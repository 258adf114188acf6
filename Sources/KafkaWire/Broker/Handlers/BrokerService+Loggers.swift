import KafkaProtocol
import WireCore

/// The loggers of the process as configurations of the nodes (KIP-412). All nodes have the same ones.
extension BrokerService {
    private static let levels = ["DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "WARN"]

    /// Throws unless the resource is this node.
    func checkNode(_ name: String, _ node: BrokerNode) throws(AdminError) {
        guard name == String(node.id) else {
            throw AdminError(.invalidRequest, "Unexpected broker id, expected \(node.id) but received \(name)")
        }
    }

    /// The loggers with their levels.
    func describeLoggers() -> [DescribeConfigsResponse.DescribeConfigsResourceResult] {
        LogSystem.shared.loggers.map { logger in
            var result = DescribeConfigsResponse.DescribeConfigsResourceResult()
            result.name = logger.name
            result.value = logger.level.name
            result.configSource = ConfigSource.logger.rawValue
            result.documentation = ""
            return result
        }
    }

    /// IncrementalAlterConfigs of loggers: a level is set, or returns to that of the root. Nothing is changed if one of
    /// the changes is invalid.
    func alterLoggers(
        _ changes: [IncrementalAlterConfigsRequest.AlterableConfig], validateOnly: Bool
    ) throws(AdminError) {
        for change in changes {
            switch AlterOperation(rawValue: change.configOperation) {
            case .set:
                try checkLogger(change.name)
                guard let value = change.value, Self.levels.contains(value) else {
                    throw AdminError(
                        .invalidConfig,
                        "Cannot set the log level of \(change.name) to \(change.value ?? "null") as it is not a supported log "
                            + "level. Valid log levels are \(Self.levels.joined(separator: ", "))")
                }
            case .delete:
                try checkLogger(change.name)
                guard change.name != LogSystem.rootName else {
                    throw AdminError(.invalidRequest, "Removing the log level of the root logger is not allowed")
                }
            case .append:
                throw AdminError(.invalidRequest, "APPEND operation is not allowed for the BROKER_LOGGER resource")
            case .subtract:
                throw AdminError(.invalidRequest, "SUBTRACT operation is not allowed for the BROKER_LOGGER resource")
            case nil: throw AdminError(.invalidRequest, "Unknown operation type \(change.configOperation)")
            }
        }
        if validateOnly { return }
        for change in changes {
            let level = change.value.flatMap(LogLevel.init(name:)) ?? LogSystem.shared.level
            _ = LogSystem.shared.setLevel(level, of: change.name, nowMilliseconds: WallTime.now.epochMilliseconds)
        }
    }

    private func checkLogger(_ name: String) throws(AdminError) {
        guard LogSystem.shared.logger(named: name) != nil else {
            throw AdminError(.invalidConfig, "Logger \(name) does not exist!")
        }
    }
}
