import KafkaProtocol
import WireCore
import WireStreams

/// The source of a setting's value (`DescribeConfigsResponse.ConfigSource`).
enum ConfigSource: Int8 {
    case topic = 1
    case fixed = 4
    case builtIn = 5
    case logger = 6
}

/// What IncrementalAlterConfigs does with a setting (`AlterConfigOp.OpType`).
enum AlterOperation: Int8 {
    case set = 0
    case delete, append, subtract
}

extension RequestHandler {
    static let describeConfigs = RequestHandler(DescribeConfigsRequest.self) { service, request, context in
        service.describeConfigs(request, context)
    }
    static let alterConfigs = RequestHandler(AlterConfigsRequest.self) { service, request, _ in
        service.replaceConfigs(request)
    }
    static let incrementalAlterConfigs = RequestHandler(IncrementalAlterConfigsRequest.self) {
        service, request, context in
        service.alterConfigs(request, context)
    }
}

extension BrokerService {
    /// Throws if the topic setting is unknown or its value is invalid.
    func check(_ name: String, _ value: String) throws(AdminError) {
        guard let setting = TopicSetting.named(name) else {
            throw AdminError(.invalidConfig, "Unknown topic config name: \(name)")
        }
        guard isShort(value) else {
            throw AdminError(
                .invalidConfig, "The value of \(name) is longer than \(configuration.limits.nameBytesMax) bytes")
        }
        if let reason = setting.validationError(for: value) { throw AdminError(.invalidConfig, reason) }
        guard name != "remote.storage.enable" || value.lowercased() == "false" else {
            throw AdminError(
                .invalidConfig,
                "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.")
        }
    }

    /// Throws if the settings of a topic contradict each other.
    func checkTogether(_ settings: TopicConfiguration) throws(AdminError) {
        if let reason = settings.contradiction { throw AdminError(.invalidConfig, reason) }
    }

    /// DescribeConfigs, for topics, for this broker and for its loggers.
    ///
    /// Unlike in Kafka, a repeated entry is answered once.
    func describeConfigs(_ request: DescribeConfigsRequest, _ context: RequestContext) -> DescribeConfigsResponse {
        struct ResourceKey: Hashable {
            let type: Int8
            let name: String
            let keys: [String]?
        }
        let resources = request.resources.distinct {
            ResourceKey(type: $0.resourceType, name: $0.resourceName, keys: $0.configurationKeys)
        }
        var response = DescribeConfigsResponse()
        for resource in resources {
            var result = DescribeConfigsResponse.DescribeConfigsResult(of: resource)
            do throws(AdminError) {
                let all = try settings(of: resource, synonyms: request.includeSynonyms, context.node)
                let keys = resource.configurationKeys ?? []
                result.configs = all.filter { keys.isEmpty || keys.contains($0.name) }
                if !request.includeDocumentation {
                    for index in result.configs.indices { result.configs[index].documentation = nil }
                }
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            response.results.append(result)
        }
        return response
    }

    private typealias SettingResult = DescribeConfigsResponse.DescribeConfigsResourceResult

    private func settings(
        of resource: DescribeConfigsRequest.DescribeConfigsResource, synonyms: Bool, _ node: BrokerNode
    ) throws(AdminError) -> [SettingResult] {
        switch ConfigResourceType(rawValue: resource.resourceType) {
        case .topic:
            if let reason = TopicName.validationError(resource.resourceName) {
                throw AdminError(.invalidTopicException, reason)
            }
            guard let topic = topics.topic(named: resource.resourceName) else {
                throw AdminError(.unknownTopicOrPartition, "")
            }
            return TopicSetting.all.map { describe($0, topic.configuration, synonyms: synonyms) }
        case .broker:
            guard resource.resourceName == String(node.id) || resource.resourceName.isEmpty else {
                throw AdminError(
                    .invalidRequest,
                    "Unexpected broker id, expected \(node.id) or empty string, but received \(resource.resourceName)")
            }
            // The cluster-wide dynamic defaults, of which there are none.
            return resource.resourceName.isEmpty ? [] : settings(of: node)
        case .brokerLogger:
            try checkNode(resource.resourceName, node)
            return describeLoggers()
        case .clientMetrics, .group, nil:
            throw AdminError(
                .invalidRequest, "Unsupported resource type \(resource.resourceType): only topics, brokers and loggers")
        }
    }

    private func describe(
        _ setting: TopicSetting, _ configuration: TopicConfiguration, synonyms: Bool
    ) -> SettingResult {
        var result = SettingResult()
        result.name = setting.name
        result.value = configuration.effective(setting.name)
        result.configType = setting.type.rawValue
        result.documentation = setting.documentation
        let isSet = configuration[setting.name] != nil
        let isBrokers = configuration.defaultValue(of: setting.name) != setting.defaultValue
        result.configSource = (isSet ? ConfigSource.topic : isBrokers ? .fixed : .builtIn).rawValue
        guard synonyms else { return result }
        func add(_ name: String, _ value: String?, _ source: ConfigSource) {
            var synonym = DescribeConfigsResponse.DescribeConfigsSynonym()
            synonym.name = name
            synonym.value = value
            synonym.source = source.rawValue
            result.synonyms.append(synonym)
        }
        if isSet { add(setting.name, result.value, .topic) }
        guard let brokersName = setting.brokersName else { return result }
        if isBrokers { add(brokersName, configuration.defaultValue(of: setting.name), .fixed) }
        if setting.hasBrokersDefault { add(brokersName, setting.defaultValue, .builtIn) }
        return result
    }

    private func settings(of node: BrokerNode) -> [SettingResult] {
        func entry(
            _ name: String, _ value: String, _ type: TopicSetting.ValueType, _ documentation: String
        ) -> SettingResult {
            var result = SettingResult()
            result.name = name
            result.value = value
            result.readOnly = true
            result.configSource = ConfigSource.fixed.rawValue
            result.configType = type.rawValue
            result.documentation = documentation
            return result
        }
        return [
            entry(
                "advertised.listeners", node.listeners.map { "\($0.name)://\($0.advertised)" }.joined(separator: ","),
                .string, "The addresses that clients get."),
            entry(
                "auto.create.topics.enable", "\(configuration.createsTopicsAutomatically)", .boolean,
                "Whether topics are created when clients ask for them."),
            entry("default.replication.factor", "\(nodes.count)", .int, "The replicas of topics without a number of them."),
            entry("log.dirs", directory.path, .string, "The directory with all data."),
            entry(
                "message.max.bytes", TopicSetting.named("max.message.bytes")?.defaultValue ?? "", .int,
                "The largest size of a batch in bytes, of topics without max.message.bytes."),
            entry("node.id", "\(node.id)", .int, "The id of this node."),
            entry(
                "num.partitions", "\(configuration.partitionCountDefault)", .int,
                "The partitions of topics without a number of them."),
            entry(
                "socket.request.max.bytes", "\(configuration.limits.requestBytesMax)", .int,
                "The largest size of a request in bytes."),
        ]
    }

    /// IncrementalAlterConfigs, for topics (set, delete, append and subtract) and for loggers.
    func alterConfigs(
        _ request: IncrementalAlterConfigsRequest, _ context: RequestContext
    ) -> IncrementalAlterConfigsResponse {
        var response = IncrementalAlterConfigsResponse()
        for resource in request.resources {
            var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse(of: resource)
            do throws(AdminError) {
                try alter(resource, validateOnly: request.validateOnly, context.node)
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            response.responses.append(result)
        }
        return response
    }

    private func alter(
        _ resource: IncrementalAlterConfigsRequest.AlterConfigsResource, validateOnly: Bool, _ node: BrokerNode
    ) throws(AdminError) {
        let withoutValue = resource.configs.filter {
            $0.configOperation != AlterOperation.delete.rawValue && $0.value == nil
        }
        try checkNames(resource.configs.map(\.name), withoutValue: withoutValue.map(\.name))
        if ConfigResourceType(rawValue: resource.resourceType) == .brokerLogger {
            try checkNode(resource.resourceName, node)
            return try alterLoggers(resource.configs, validateOnly: validateOnly)
        }
        let topic = try changedTopic(resource.resourceType, resource.resourceName)
        var settings = topic.configuration
        for entry in resource.configs {
            guard let operation = AlterOperation(rawValue: entry.configOperation) else {
                throw AdminError(.invalidRequest, "Unknown operation type \(entry.configOperation)")
            }
            let present = TopicSetting.entries(of: settings.effective(entry.name))
            // An empty part of a list, which a list of choices does not have.
            let given = entry.value == "" ? [""] : TopicSetting.entries(of: entry.value ?? "")
            switch operation {
            case .set: settings[entry.name] = entry.value
            case .delete: settings[entry.name] = nil
            case .append, .subtract:
                guard TopicSetting.named(entry.name)?.type == .list else {
                    throw AdminError(
                        .invalidConfig,
                        "Can't \(operation == .append ? "APPEND" : "SUBTRACT") to key \(entry.name) because its type is not "
                            + "LIST.")
                }
                let entries = operation == .append
                    ? present + given.filter { !present.contains($0) } : present.filter { !given.contains($0) }
                settings[entry.name] = entries.joined(separator: ",")
            }
            if let value = settings[entry.name] { try check(entry.name, value) }
        }
        try checkTogether(settings)
        if !validateOnly { try store(settings, of: topic) }
    }

    /// Throws if a change is not valid in itself.
    private func checkNames(_ names: [String], withoutValue: [String]) throws(AdminError) {
        guard Set(names).count == names.count else {
            throw AdminError(.invalidRequest, "Error due to duplicate config keys")
        }
        guard withoutValue.isEmpty else {
            throw AdminError(
                .invalidRequest, "Null value not supported for : \(withoutValue.joined(separator: ", "))")
        }
    }

    /// The topic whose settings are changed. Throws if it does not exist.
    private func changedTopic(_ resourceType: Int8, _ name: String) throws(AdminError) -> BrokerTopic {
        guard ConfigResourceType(rawValue: resourceType) == .topic else {
            throw AdminError(
                .invalidRequest, "The development broker can change the settings of topics and of loggers only.")
        }
        if let reason = TopicName.validationError(name) { throw AdminError(.invalidTopicException, reason) }
        guard let topic = topics.topic(named: name) else {
            throw AdminError(.unknownTopicOrPartition, "The topic '\(name)' does not exist.")
        }
        return topic
    }

    private func store(_ settings: TopicConfiguration, of topic: BrokerTopic) throws(AdminError) {
        do throws(StorageError) {
            _ = try topics.change(name: topic.name, configuration: settings)
        } catch {
            throw AdminError(error)
        }
    }

    /// AlterConfigs, for topics: replaces all settings.
    func replaceConfigs(_ request: AlterConfigsRequest) -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        for resource in request.resources {
            var result = AlterConfigsResponse.AlterConfigsResourceResponse(of: resource)
            do throws(AdminError) {
                try checkNames(
                    resource.configs.map(\.name),
                    withoutValue: resource.configs.filter { $0.value == nil }.map(\.name))
                let topic = try changedTopic(resource.resourceType, resource.resourceName)
                var settings = TopicConfiguration()
                for entry in resource.configs {
                    let value = entry.value ?? ""
                    try check(entry.name, value)
                    settings[entry.name] = value
                }
                try checkTogether(settings)
                if !request.validateOnly { try store(settings, of: topic) }
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            response.responses.append(result)
        }
        return response
    }
}
