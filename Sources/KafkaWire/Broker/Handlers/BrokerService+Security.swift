import KafkaProtocol
import WireCore
import WireStreams

extension RequestHandler {
    /// The connection handles both requests while it authenticates; what arrives here is out of order.
    static let saslHandshake = RequestHandler(SaslHandshakeRequest.self) { _, request, _ in
        request.refusal(.illegalSASLState)
    }
    static let saslAuthenticate = RequestHandler(SaslAuthenticateRequest.self) { _, request, _ in
        request.refusal(.illegalSASLState)
    }
    static let describeUserScramCredentials = RequestHandler(DescribeUserScramCredentialsRequest.self) {
        service, request, _ in service.describeUserScramCredentials(request)
    }
    static let alterUserScramCredentials = RequestHandler(AlterUserScramCredentialsRequest.self) {
        service, request, _ in service.alterUserScramCredentials(request)
    }
    static let describeAcls = RequestHandler(DescribeAclsRequest.self) { _, request, _ in
        request.refusal(.securityDisabled)
    }
    static let createAcls = RequestHandler(CreateAclsRequest.self) { _, request, _ in
        request.refusal(.securityDisabled)
    }
    static let deleteAcls = RequestHandler(DeleteAclsRequest.self) { _, request, _ in
        request.refusal(.securityDisabled)
    }
}

extension BrokerService {
    /// DescribeUserScramCredentials, of the users that clients have created: those named, or all.
    func describeUserScramCredentials(
        _ request: DescribeUserScramCredentialsRequest
    ) -> DescribeUserScramCredentialsResponse {
        typealias UserResult = DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult
        let all = users.all
        let names = (request.users ?? []).map(\.name)
        var response = DescribeUserScramCredentialsResponse()
        response.errorMessage = nil
        for name in (names.isEmpty ? all.keys.sorted() : names.distinct(by: { $0 })) {
            var result = UserResult()
            result.user = name
            result.errorMessage = nil
            if names.count(where: { $0 == name }) > 1 {
                result.errorCode = .duplicateResource
                result.errorMessage = "Cannot describe SCRAM credentials for the same user twice in a single request: \(name)"
            } else if let credentials = all[name], !credentials.isEmpty {
                for mechanism in SASLServerMechanism.allCases {
                    guard let type = mechanism.scramType, let credential = credentials[mechanism] else { continue }
                    var info = DescribeUserScramCredentialsResponse.CredentialInfo()
                    info.mechanism = type
                    info.iterations = Int32(clamping: credential.iterations)
                    result.credentialInfos.append(info)
                }
            } else {
                result.errorCode = .resourceNotFound
                result.errorMessage = "Attempt to describe a user credential that does not exist: \(name)"
            }
            response.results.append(result)
        }
        return response
    }

    /// AlterUserScramCredentials. A user whose entries are invalid keeps all its credentials.
    func alterUserScramCredentials(_ request: AlterUserScramCredentialsRequest) -> AlterUserScramCredentialsResponse {
        let refused = refusals(of: request)
        do throws(StorageError) {
            try users.change { credentials in
                for deletion in request.deletions where refused[deletion.name] == nil {
                    guard let mechanism = SASLServerMechanism(scramType: deletion.mechanism) else { continue }
                    credentials[deletion.name]?[mechanism] = nil
                }
                for upsertion in request.upsertions where refused[upsertion.name] == nil {
                    guard let mechanism = SASLServerMechanism(scramType: upsertion.mechanism),
                        let algorithm = mechanism.algorithm
                    else { continue }
                    credentials[upsertion.name, default: [:]][mechanism] = SCRAMCredential(
                        salt: upsertion.salt, iterations: Int(upsertion.iterations),
                        SCRAM.Keys(algorithm, saltedPassword: upsertion.saltedPassword))
                }
                credentials = credentials.filter { !$0.value.isEmpty }
            }
        } catch {
            Self.logger.error("The users cannot be stored: \(error)")
            return request.refusal(.kafkaStorageError)
        }
        var response = AlterUserScramCredentialsResponse()
        for name in request.userNames {
            var result = AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult()
            result.user = name
            result.errorCode = refused[name]?.code ?? .none
            result.errorMessage = refused[name]?.message
            response.results.append(result)
        }
        return response
    }

    /// The users whose entries are invalid, or that have two, even for different mechanisms.
    private func refusals(of request: AlterUserScramCredentialsRequest) -> [String: AdminError] {
        let all = users.all
        var refused: [String: AdminError] = [:]
        var accepted: Set<String> = []
        func add(_ name: String, _ error: () -> AdminError?) {
            guard refused[name] == nil else { return }
            guard !accepted.contains(name) else {
                refused[name] = AdminError(
                    .duplicateResource, "A user credential cannot be altered twice in the same request")
                return
            }
            refused[name] = error()
            if refused[name] == nil { accepted.insert(name) }
        }
        for deletion in request.deletions { add(deletion.name) { deletionError(deletion, all) } }
        for upsertion in request.upsertions { add(upsertion.name) { upsertionError(upsertion) } }
        return refused
    }

    private func deletionError(
        _ deletion: AlterUserScramCredentialsRequest.ScramCredentialDeletion, _ all: UserRegistry.Credentials
    ) -> AdminError? {
        guard !deletion.name.isEmpty else { return AdminError(.unacceptableCredential, "Username must not be empty") }
        guard let mechanism = SASLServerMechanism(scramType: deletion.mechanism) else {
            return AdminError(.unsupportedSASLMechanism, "Unknown SCRAM mechanism")
        }
        if all[deletion.name]?[mechanism] != nil { return nil }
        return AdminError(.resourceNotFound, "Attempt to delete a user credential that does not exist")
    }

    private func upsertionError(
        _ upsertion: AlterUserScramCredentialsRequest.ScramCredentialUpsertion
    ) -> AdminError? {
        guard !upsertion.name.isEmpty else { return AdminError(.unacceptableCredential, "Username must not be empty") }
        guard upsertion.name.utf8.count <= configuration.limits.nameBytesMax else {
            return AdminError(.unacceptableCredential, "Username is too long")
        }
        guard let mechanism = SASLServerMechanism(scramType: upsertion.mechanism) else {
            return AdminError(.unsupportedSASLMechanism, "Unknown SCRAM mechanism")
        }
        let range = SCRAMCredential.iterationsRange
        guard upsertion.iterations >= range.lowerBound else {
            return AdminError(.unacceptableCredential, "Too few iterations")
        }
        guard upsertion.iterations <= range.upperBound else {
            return AdminError(.unacceptableCredential, "Too many iterations")
        }
        guard upsertion.salt.count <= configuration.limits.nameBytesMax else {
            return AdminError(.unacceptableCredential, "The salt is too long")
        }
        guard upsertion.saltedPassword.count == mechanism.algorithm?.digestBytes else {
            return AdminError(.unacceptableCredential, "The salted password has the wrong length")
        }
        return nil
    }
}

extension AlterUserScramCredentialsRequest {
    /// The users that it names, each once.
    var userNames: [String] { (deletions.map(\.name) + upsertions.map(\.name)).distinct { $0 } }
}
