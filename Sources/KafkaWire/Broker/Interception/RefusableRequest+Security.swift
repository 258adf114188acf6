import KafkaProtocol

extension SaslHandshakeRequest: RefusableRequest {}
extension SaslHandshakeResponse: ErrorCodeResponse {}

extension SaslAuthenticateRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> SaslAuthenticateResponse {
        var response = SaslAuthenticateResponse()
        response.errorCode = code
        response.errorMessage = nil
        return response
    }
}

extension DescribeUserScramCredentialsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeUserScramCredentialsResponse {
        var response = DescribeUserScramCredentialsResponse()
        response.errorCode = code
        response.errorMessage = nil
        response.results = (users ?? []).map { _ in
            var result = DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult()
            result.errorCode = code
            result.errorMessage = nil
            return result
        }
        return response
    }
}

extension AlterUserScramCredentialsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> AlterUserScramCredentialsResponse {
        var response = AlterUserScramCredentialsResponse()
        response.results = userNames.map { name in
            var result = AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult()
            result.user = name
            result.errorCode = code
            result.errorMessage = nil
            return result
        }
        return response
    }
}

/// What Kafka says of a request that changes ACLs without an authorizer.
private func aclMessage(_ code: KafkaErrorCode) -> String? {
    code == .securityDisabled ? "No Authorizer is configured." : nil
}

extension DescribeAclsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeAclsResponse {
        var response = DescribeAclsResponse()
        response.errorCode = code
        response.errorMessage = code == .securityDisabled ? "No Authorizer is configured on the broker" : nil
        return response
    }
}

extension CreateAclsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> CreateAclsResponse {
        var response = CreateAclsResponse()
        response.results = creations.map { _ in
            var result = CreateAclsResponse.AclCreationResult()
            result.errorCode = code
            result.errorMessage = aclMessage(code)
            return result
        }
        return response
    }
}

extension DeleteAclsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DeleteAclsResponse {
        var response = DeleteAclsResponse()
        response.filterResults = filters.map { _ in
            var result = DeleteAclsResponse.DeleteAclsFilterResult()
            result.errorCode = code
            result.errorMessage = aclMessage(code)
            return result
        }
        return response
    }
}
