import KafkaProtocol

extension KafkaAdmin {
    /// The limits of clients (Kafka 2.6).
    ///
    /// - Parameters:
    ///   - filters: all must match; empty: all limits.
    ///   - strict: whether an entity may have no other part than those of the filters.
    public func describeClientQuotas(
        _ filters: [ClientQuotaFilter] = [], strict: Bool = false
    ) throws(KafkaError) -> [ClientQuota] {
        var request = DescribeClientQuotasRequest()
        request.strict = strict
        request.components = filters.map { filter in
            var component = DescribeClientQuotasRequest.ComponentData()
            component.entityType = filter.entityType
            component.match = nil
            switch filter.match {
            case .exact(let name): (component.matchType, component.match) = (0, name)
            case .default: component.matchType = 1
            case .any: component.matchType = 2
            }
            return component
        }
        return try self.request("describing client quotas") { connection throws(KafkaError) in
            let response = try connection.request(request)
            try response.errorCode.check("describing client quotas", response.errorMessage)
            return (response.entries ?? []).map { entry in
                ClientQuota(
                    entity: Dictionary(entry.entity.map { ($0.entityType, $0.entityName) }) { first, _ in first },
                    values: Dictionary(entry.values.map { ($0.key, $0.value) }) { first, _ in first })
            }
        }
    }

    /// Changes limits of clients (Kafka 2.6); one result for each entity, in the same order.
    ///
    /// - Parameter validateOnly: nothing is changed; errors are those that a change would have.
    public func alterClientQuotas(
        _ alterations: [ClientQuotaAlteration], validateOnly: Bool = false
    ) -> [Result<Void, KafkaError>] {
        let names = alterations.map { Self.name($0.entity.map { ($0.key, $0.value) }) }
        return perform(
            "changing the quotas of", names, at: names.map { _ in .controller }, where: Self.isRetriableChange
        ) { connection, items, results throws(KafkaError) in
            var request = AlterClientQuotasRequest()
            request.validateOnly = validateOnly
            request.entries = items.map { AlterClientQuotasRequest.EntryData(alterations[$0]) }
            for entry in try connection.request(request).entries {
                let name = Self.name(entry.entity.map { ($0.entityType, $0.entityName) })
                results.set(name, entry.errorCode, entry.errorMessage, ())
            }
        }
    }

    /// An entity as a text that does not depend on the order of its parts.
    private static func name(_ parts: [(type: String, name: String?)]) -> String {
        parts.map { "\($0.type) " + ($0.name.map { "'\($0)'" } ?? "default") }.sorted().joined(separator: ", ")
    }
}

extension AlterClientQuotasRequest.EntryData {
    fileprivate init(_ alteration: ClientQuotaAlteration) {
        self.init()
        entity = alteration.entity.sorted { $0.key < $1.key }.map { type, name in
            var part = AlterClientQuotasRequest.EntityData()
            part.entityType = type
            part.entityName = name
            return part
        }
        ops = alteration.values.sorted { $0.key < $1.key }.map { key, value in
            var operation = AlterClientQuotasRequest.OpData()
            operation.key = key
            operation.value = value ?? 0
            operation.remove = value == nil
            return operation
        }
    }
}
