import KafkaProtocol

extension KafkaAdmin {
    /// The rules that a filter selects. `.securityDisabled` if the cluster has no authorizer.
    public func describeACLs(_ filter: ACLFilter = ACLFilter()) throws(KafkaError) -> [ACLBinding] {
        var request = DescribeAclsRequest()
        request.resourceTypeFilter = filter.resourceType.rawValue
        request.resourceNameFilter = filter.resourceName
        request.patternTypeFilter = filter.patternType.rawValue
        request.principalFilter = filter.principal
        request.hostFilter = filter.host
        request.operation = filter.operation.rawValue
        request.permissionType = filter.permission.rawValue
        return try self.request("describing ACLs") { connection throws(KafkaError) in
            let response = try connection.request(request)
            try response.errorCode.check("describing ACLs", response.errorMessage)
            return response.resources.flatMap { resource in
                resource.acls.map { acl in
                    ACLBinding(
                        ACLPermission(rawValue: acl.permissionType) ?? .unknown,
                        ACLOperation(rawValue: acl.operation) ?? .unknown, to: acl.principal, host: acl.host,
                        on: ACLResourceType(rawValue: resource.resourceType) ?? .unknown, resource.resourceName,
                        patternType: ACLPatternType(rawValue: resource.patternType) ?? .unknown)
                }
            }
        }
    }

    /// Creates rules; one result for each, in the same order. A rule that exists is a success.
    public func createACLs(_ bindings: [ACLBinding]) -> [Result<Void, KafkaError>] {
        let names = bindings.indices.map { "\($0)" }
        return perform("creating ACL", names, at: names.map { _ in .anyBroker }) {
            connection, items, results throws(KafkaError) in
            // One of them would make the broker refuse all.
            let sent = items.filter { bindings[$0].isDefinite }
            let others = items.filter { !bindings[$0].isDefinite }
            results.fail(others, .invalidRequest, "only filters may leave something open")
            guard !sent.isEmpty else { return }
            var request = CreateAclsRequest()
            request.creations = sent.map { CreateAclsRequest.AclCreation(bindings[$0]) }
            let response = try connection.request(request)
            for (index, result) in zip(sent, response.results) {
                results.set(names[index], result.errorCode, result.errorMessage, ())
            }
        }
    }

    /// Deletes the rules that filters select; one result for each filter, in the same order: the deleted rules.
    public func deleteACLs(_ filters: [ACLFilter]) -> [Result<[ACLBinding], KafkaError>] {
        let names = filters.indices.map { "\($0)" }
        return perform("deleting ACLs of filter", names, at: names.map { _ in .anyBroker }) {
            connection, items, results throws(KafkaError) in
            var request = DeleteAclsRequest()
            request.filters = items.map { DeleteAclsRequest.DeleteAclsFilter(filters[$0]) }
            let response = try connection.request(request)
            for (index, result) in zip(items, response.filterResults) {
                let failed = result.matchingAcls.first { $0.errorCode != .none }
                results.set(
                    names[index], result.errorCode == .none ? failed?.errorCode ?? .none : result.errorCode,
                    result.errorMessage ?? failed?.errorMessage, result.matchingAcls.map { ACLBinding($0) })
            }
        }
    }
}

extension CreateAclsRequest.AclCreation {
    fileprivate init(_ binding: ACLBinding) {
        self.init()
        resourceType = binding.resourceType.rawValue
        resourceName = binding.resourceName
        resourcePatternType = binding.patternType.rawValue
        principal = binding.principal
        host = binding.host
        operation = binding.operation.rawValue
        permissionType = binding.permission.rawValue
    }
}

extension DeleteAclsRequest.DeleteAclsFilter {
    fileprivate init(_ filter: ACLFilter) {
        self.init()
        resourceTypeFilter = filter.resourceType.rawValue
        resourceNameFilter = filter.resourceName
        patternTypeFilter = filter.patternType.rawValue
        principalFilter = filter.principal
        hostFilter = filter.host
        operation = filter.operation.rawValue
        permissionType = filter.permission.rawValue
    }
}

extension ACLBinding {
    /// Whether nothing is left open, as in a filter.
    fileprivate var isDefinite: Bool {
        resourceType.rawValue > 1 && operation.rawValue > 1 && permission.rawValue > 1
            && (patternType == .literal || patternType == .prefixed)
    }

    fileprivate init(_ acl: DeleteAclsResponse.DeleteAclsMatchingAcl) {
        self.init(
            ACLPermission(rawValue: acl.permissionType) ?? .unknown, ACLOperation(rawValue: acl.operation) ?? .unknown,
            to: acl.principal, host: acl.host, on: ACLResourceType(rawValue: acl.resourceType) ?? .unknown,
            acl.resourceName, patternType: ACLPatternType(rawValue: acl.patternType) ?? .unknown)
    }
}
