import KafkaProtocol

extension RequestHandler {
    static let describeClientQuotas = RequestHandler(DescribeClientQuotasRequest.self) { service, request, _ in
        service.describeClientQuotas(request)
    }
    static let alterClientQuotas = RequestHandler(AlterClientQuotasRequest.self) { service, request, _ in
        service.alterClientQuotas(request)
    }
}

extension BrokerService {
    /// DescribeClientQuotas.
    func describeClientQuotas(_ request: DescribeClientQuotasRequest) -> DescribeClientQuotasResponse {
        var response = DescribeClientQuotasResponse()
        response.errorMessage = nil
        do throws(AdminError) {
            var filter: [ClientQuotas.Component] = []
            for component in request.components {
                let match: ClientQuotas.Component.Match
                switch (component.matchType, component.match) {
                case (0, let name?): match = .name(name)
                case (1, nil): match = .defaultName
                case (2, nil): match = .any
                default:
                    throw AdminError(.invalidRequest, "Unexpected match type \(component.matchType) of an entity")
                }
                filter.append(.init(type: component.entityType, match: match))
            }
            response.entries = try quotas.current.matching(filter, strict: request.strict).map { entity, values in
                var entry = DescribeClientQuotasResponse.EntryData()
                entry.entity = entity.sorted.map { type, name in
                    var part = DescribeClientQuotasResponse.EntityData()
                    part.entityType = type
                    part.entityName = name
                    return part
                }
                entry.values = values.sorted { $0.key < $1.key }.map { key, value in
                    var quota = DescribeClientQuotasResponse.ValueData()
                    quota.key = key
                    quota.value = value
                    return quota
                }
                return entry
            }
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message
            response.entries = nil
        }
        return response
    }

    /// AlterClientQuotas.
    func alterClientQuotas(_ request: AlterClientQuotasRequest) -> AlterClientQuotasResponse {
        var response = AlterClientQuotasResponse()
        response.entries = request.entries.map { wanted in
            var entry = AlterClientQuotasResponse.EntryData(of: wanted)
            do throws(AdminError) {
                var names: [String: String?] = [:]
                for part in wanted.entity {
                    guard names.updateValue(part.entityName, forKey: part.entityType) == nil else {
                        throw AdminError(.invalidRequest, "Entity type \(part.entityType) is named twice")
                    }
                    guard isShort(part.entityType), isShort(part.entityName ?? "") else {
                        throw AdminError(.invalidRequest, "A name of an entity is too long")
                    }
                }
                try quotas.apply(
                    wanted.ops.map { ($0.key, $0.remove ? nil : $0.value) }, to: .init(names: names),
                    validateOnly: request.validateOnly)
            } catch {
                entry.errorCode = error.code
                entry.errorMessage = error.message
            }
            return entry
        }
        return response
    }
}
