import KafkaProtocol
import WireStreams

extension KafkaAdmin {
    /// The iterations that Kafka accepts. More would only take time before the broker refuses them.
    private static let iterations: ClosedRange<Int32> = 4096...16384
    private static let saltBytes = 24

    /// The users with SCRAM credentials (Kafka 2.7).
    public func listSCRAMUsers() throws(KafkaError) -> [SCRAMUser] {
        try request("listing SCRAM users") { connection throws(KafkaError) in
            var request = DescribeUserScramCredentialsRequest()
            request.users = nil
            let response = try connection.request(request)
            try response.errorCode.check("listing SCRAM users", response.errorMessage)
            return response.results.map { SCRAMUser($0) }
        }
    }

    /// The credentials of users (Kafka 2.7); one result for each, in the same order. `.resourceNotFound` if a user has
    /// none.
    public func describeSCRAMUsers(_ users: [String]) -> [Result<SCRAMUser, KafkaError>] {
        perform("describing SCRAM user", users, at: users.map { _ in .anyBroker }) {
            connection, items, results throws(KafkaError) in
            var request = DescribeUserScramCredentialsRequest()
            request.users = items.map { index in
                var name = DescribeUserScramCredentialsRequest.UserName()
                name.name = users[index]
                return name
            }
            let response = try connection.request(request)
            try response.errorCode.check("describing SCRAM users", response.errorMessage)
            for result in response.results {
                results.set(result.user, result.errorCode, result.errorMessage, SCRAMUser(result))
            }
        }
    }

    /// Changes credentials (Kafka 2.7); one result for each, in the same order. `.resourceNotFound` if credentials to
    /// delete do not exist.
    public func alterSCRAMUsers(_ alterations: [SCRAMAlteration]) -> [Result<Void, KafkaError>] {
        let names = alterations.map { "\($0.user) \($0.mechanism)" }
        return perform(
            "changing SCRAM user", names, at: names.map { _ in .controller }, where: Self.isRetriableChange
        ) { connection, items, results throws(KafkaError) in
            var rest: [Int] = []
            for index in items {
                if alterations[index].hasAcceptableIterations(Self.iterations) {
                    rest.append(index)
                } else {
                    let range = "\(Self.iterations.lowerBound) to \(Self.iterations.upperBound)"
                    results.fail([index], .unacceptableCredential, "the number of iterations must be \(range)")
                }
            }
            // A request may change a user once, and has one result for each user.
            while !rest.isEmpty {
                var request = AlterUserScramCredentialsRequest()
                var sent: [String: Int] = [:]
                for index in rest where sent[alterations[index].user] == nil {
                    sent[alterations[index].user] = index
                    request.add(alterations[index], saltBytes: Self.saltBytes)
                }
                for result in try connection.request(request).results {
                    guard let index = sent[result.user] else { continue }
                    results.set(names[index], result.errorCode, result.errorMessage, ())
                }
                rest.removeAll { sent[alterations[$0].user] == $0 }
            }
        }
    }
}

extension SCRAMAlteration {
    fileprivate func hasAcceptableIterations(_ accepted: ClosedRange<Int32>) -> Bool {
        if case .upsert(_, let iterations) = change { accepted.contains(iterations) } else { true }
    }
}

extension AlterUserScramCredentialsRequest {
    fileprivate mutating func add(_ alteration: SCRAMAlteration, saltBytes: Int) {
        switch alteration.change {
        case .delete:
            var deletion = ScramCredentialDeletion()
            deletion.name = alteration.user
            deletion.mechanism = alteration.mechanism.rawValue
            deletions.append(deletion)
        case .upsert(let password, let iterations):
            var upsertion = ScramCredentialUpsertion()
            upsertion.name = alteration.user
            upsertion.mechanism = alteration.mechanism.rawValue
            upsertion.iterations = iterations
            upsertion.salt = (0..<saltBytes).map { _ in .random(in: .min ... .max) }
            upsertion.saltedPassword = Digest.pbkdf2(
                alteration.mechanism.algorithm, password: password, salt: upsertion.salt, iterations: Int(iterations))
            upsertions.append(upsertion)
        }
    }
}

extension SCRAMUser {
    fileprivate init(_ result: DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult) {
        name = result.user
        iterations = [:]
        for credential in result.credentialInfos {
            if let mechanism = Mechanism(rawValue: credential.mechanism) {
                iterations[mechanism] = credential.iterations
            }
        }
    }
}
