import KafkaProtocol

extension KafkaAdmin {
    /// The configurations of resources, including defaults; one result for each resource, in the same order.
    ///
    /// - Parameters:
    ///   - names: the configurations to describe; nil: all.
    ///   - includeSynonyms: also the values that are not in effect.
    ///   - includeDocumentation: also what each configuration does (Kafka 2.6).
    public func describeConfigs(
        _ resources: [ConfigResource], names: [String]? = nil, includeSynonyms: Bool = false,
        includeDocumentation: Bool = false
    ) -> [Result<[ConfigEntry], KafkaError>] {
        let query = ConfigQuery(
            names: names, includeSynonyms: includeSynonyms, includeDocumentation: includeDocumentation)
        return describe(resources, query, where: Self.isRetriableWithUnknownTopic)
    }

    /// The whole configuration of a topic, including the broker's defaults.
    ///
    /// Waits for a topic that does not exist: brokers see a new topic a little later than the client that created it.
    public func topicConfiguration(_ topic: String) throws(KafkaError) -> [ConfigEntry] {
        try describe([.topic(topic)], ConfigQuery(), where: \.isRetriable)[0].get()
    }

    private struct ConfigQuery {
        var names: [String]?
        var includeSynonyms = false
        var includeDocumentation = false
    }

    private func describe(
        _ resources: [ConfigResource], _ query: ConfigQuery, where isRetriable: @escaping (KafkaError) -> Bool
    ) -> [Result<[ConfigEntry], KafkaError>] {
        perform(
            "describing the configuration of", resources.map(\.description), at: resources.map(\.target),
            where: isRetriable
        ) { connection, items, results throws(KafkaError) in
            let response = try connection.request(Self.request(for: items.map { resources[$0] }, query))
            for result in response.results {
                let resource = ConfigResource(.init(rawValue: result.resourceType) ?? .unknown, result.resourceName)
                results.set(
                    resource.description, result.errorCode, result.errorMessage, result.configs.map { ConfigEntry($0) })
            }
        }
    }

    private static func request(for resources: [ConfigResource], _ query: ConfigQuery) -> DescribeConfigsRequest {
        var request = DescribeConfigsRequest()
        request.includeSynonyms = query.includeSynonyms
        request.includeDocumentation = query.includeDocumentation
        request.resources = resources.map { resource in
            var entry = DescribeConfigsRequest.DescribeConfigsResource()
            entry.resourceType = resource.kind.rawValue
            entry.resourceName = resource.name
            entry.configurationKeys = query.names
            return entry
        }
        return request
    }

    // MARK: Changes

    /// Changes configurations and leaves the others alone; one result for each resource, in the same order.
    ///
    /// For a broker before Kafka 2.3, which can only replace all configurations of a resource, they are read first and
    /// written with the changes: changes of another client in between are lost. A resource with a secret, which cannot
    /// be read, is refused there.
    ///
    /// - Parameter validateOnly: nothing is changed; errors are those that a change would have.
    public func alterConfigs(
        _ alterations: [ConfigAlteration], validateOnly: Bool = false
    ) -> [Result<Void, KafkaError>] {
        perform(
            "changing the configuration of", alterations.map(\.resource.description),
            at: alterations.map(\.resource.target), where: Self.isRetriableChange
        ) { connection, items, results throws(KafkaError) in
            guard connection.versions[.incrementalAlterConfigs] != nil else {
                let sent = items.map { alterations[$0] }
                return try replaceConfigs(sent, validateOnly: validateOnly, at: connection, &results)
            }
            var request = IncrementalAlterConfigsRequest()
            request.validateOnly = validateOnly
            request.resources = items.map { IncrementalAlterConfigsRequest.AlterConfigsResource(alterations[$0]) }
            for response in try connection.request(request).responses {
                let resource = ConfigResource(.init(rawValue: response.resourceType) ?? .unknown, response.resourceName)
                results.set(resource.description, response.errorCode, response.errorMessage, ())
            }
        }
    }

    private func replaceConfigs(
        _ alterations: [ConfigAlteration], validateOnly: Bool, at connection: BrokerConnection,
        _ results: inout AdminResults<Void>
    ) throws(KafkaError) {
        var request = AlterConfigsRequest()
        request.validateOnly = validateOnly
        let current = try connection.request(Self.request(for: alterations.map(\.resource), ConfigQuery())).results
        for alteration in alterations {
            let resource = alteration.resource
            guard let result = current.first(where: {
                $0.resourceName == resource.name && $0.resourceType == resource.kind.rawValue
            }) else { continue }
            let own = result.configs.map { ConfigEntry($0) }
                .filter { $0.source == resource.ownSource && !$0.isReadOnly }
            let hidden = own.first { $0.isSensitive && alteration.operations[$0.name] == nil }
            guard result.errorCode == .none, hidden == nil else {
                results.set(
                    resource.description, result.errorCode == .none ? .invalidRequest : result.errorCode,
                    hidden.map { "the broker can only replace all configurations, and hides the value of \($0.name)" }
                        ?? result.errorMessage, ())
                continue
            }
            request.resources.append(
                AlterConfigsRequest.AlterConfigsResource(alteration, own: own, effective: result.configs))
        }
        guard !request.resources.isEmpty else { return }
        for response in try connection.request(request).responses {
            let resource = ConfigResource(.init(rawValue: response.resourceType) ?? .unknown, response.resourceName)
            results.set(resource.description, response.errorCode, response.errorMessage, ())
        }
    }

    // MARK: Resources

    /// The resources that have configurations of their own (Kafka 4.1; before, only client metrics).
    ///
    /// - Parameter kinds: empty: all.
    public func listConfigResources(_ kinds: [ConfigResource.Kind] = []) throws(KafkaError) -> [ConfigResource] {
        try request("listing configuration resources") { connection throws(KafkaError) in
            if kinds != [.clientMetrics] {
                try connection.require(.listConfigResources, version: 1, for: "listing resources of these kinds")
            }
            var request = ListConfigResourcesRequest()
            request.resourceTypes = kinds.map(\.rawValue)
            let response = try connection.request(request)
            try response.errorCode.check("listing configuration resources")
            return response.configResources.map { resource in
                ConfigResource(.init(rawValue: resource.resourceType) ?? .unknown, resource.resourceName)
            }
        }
    }
}

extension ConfigResource {
    /// The source of what is set for the resource itself.
    fileprivate var ownSource: ConfigEntry.Source {
        switch kind {
        case .topic: .topic
        case .broker: name.isEmpty ? .defaultBroker : .broker
        case .brokerLogger: .brokerLogger
        case .clientMetrics: .clientMetrics
        case .group: .group
        case .unknown: .unknown
        }
    }
}

extension ConfigEntry {
    fileprivate init(_ config: DescribeConfigsResponse.DescribeConfigsResourceResult) {
        self.init(
            name: config.name, value: config.value,
            source: ConfigEntry.Source(rawValue: config.configSource) ?? .unknown,
            isReadOnly: config.readOnly, isSensitive: config.isSensitive,
            synonyms: config.synonyms.map { synonym in
                Synonym(
                    name: synonym.name, value: synonym.value,
                    source: ConfigEntry.Source(rawValue: synonym.source) ?? .unknown)
            },
            type: ConfigEntry.ValueType(rawValue: config.configType) ?? .unknown, documentation: config.documentation)
    }
}

extension IncrementalAlterConfigsRequest.AlterConfigsResource {
    fileprivate init(_ alteration: ConfigAlteration) {
        self.init()
        resourceType = alteration.resource.kind.rawValue
        resourceName = alteration.resource.name
        configs = alteration.operations.sorted { $0.key < $1.key }.map { name, operation in
            var config = IncrementalAlterConfigsRequest.AlterableConfig()
            config.name = name
            config.configOperation = operation.code
            config.value = operation.value
            return config
        }
    }
}

extension AlterConfigsRequest.AlterConfigsResource {
    /// - Parameters:
    ///   - own: what is set for the resource itself.
    ///   - effective: all configurations, including defaults, to which elements of lists are added.
    fileprivate init(
        _ alteration: ConfigAlteration, own: [ConfigEntry],
        effective: [DescribeConfigsResponse.DescribeConfigsResourceResult]
    ) {
        self.init()
        resourceType = alteration.resource.kind.rawValue
        resourceName = alteration.resource.name
        var values = Dictionary(own.map { ($0.name, $0.value) }) { first, _ in first }
        for (name, operation) in alteration.operations {
            values[name] = operation.applied(to: effective.first { $0.name == name }?.value).map { .some($0) }
        }
        configs = values.sorted { $0.key < $1.key }.map { name, value in
            var config = AlterConfigsRequest.AlterableConfig()
            config.name = name
            config.value = value
            return config
        }
    }
}
