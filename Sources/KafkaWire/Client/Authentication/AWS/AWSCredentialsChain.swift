import WireCore
import WireStreams

/// Credentials of AWS from where the SDKs of AWS look for them, in the order of `aws-msk-iam-auth`: the configured
/// profile and role, environment variables, web identity, shared files, the container's endpoint, the metadata of the
/// instance (version 2). The first source that has credentials is used.
public struct AWSCredentialsChain: AWSCredentialsProvider {
    /// A profile of the shared files (`awsProfileName`).
    public var profileName: String?
    /// A role to assume (`awsRoleArn`).
    public var roleARN: String?
    /// The name of the role's session (`awsRoleSessionName`).
    public var roleSessionName: String?
    /// The external id that the role requires (`awsRoleExternalId`).
    public var roleExternalID: String?
    /// The credentials with which the role is assumed (`awsRoleAccessKeyId`, `awsRoleSecretAccessKey`,
    /// `awsRoleSessionToken`); nil: those of the sources after it.
    public var roleCredentials: AWSCredentials?
    /// The region of the STS endpoint (`awsStsRegion`); nil is the global endpoint.
    public var stsRegion: String?
    /// The maximum number of repeated attempts if no source has credentials (`awsMaxRetries`).
    public var retriesMax = 3
    /// The maximum pause before an attempt (`awsMaxBackOffTimeMs`).
    public var backoffMaxMilliseconds = 5000

    private let environment: AWSEnvironment
    private static let firstBackoffMilliseconds = 500
    /// The maximum number of profiles that refer to each other.
    private static let profilesMax = 5

    /// The default sources, without a configured profile or role.
    public init() { environment = AWSEnvironment() }

    init(environment: AWSEnvironment) { self.environment = environment }

    public func retrieveCredentials() throws(SASLError) -> AWSCredentials {
        var pauseMilliseconds = Self.firstBackoffMilliseconds
        for attempt in 0... {
            do throws(SASLError) {
                return try firstCredentials()
            } catch {
                guard error.isRetriable, attempt < retriesMax else { throw error }
                let pause = min(pauseMilliseconds, backoffMaxMilliseconds)
                _ = Monitor(false).waitUntilTrue(deadline: .now.advanced(byMilliseconds: pause))
                pauseMilliseconds *= 2
            }
        }
        preconditionFailure("the loop has no end")
    }

    /// Returns nil if the source is not configured.
    private typealias Source = (name: String, credentials: () throws(SASLError) -> AWSCredentials?)

    private func firstCredentials() throws(SASLError) -> AWSCredentials {
        let sources: [Source] = [
            ("profile \(profileName ?? "")", { () throws(SASLError) in
                try profileName.map { (name) throws(SASLError) in try required(name) }
            }),
            ("role \(roleARN ?? "")", { () throws(SASLError) in
                try roleARN.map { (arn) throws(SASLError) in try assume(arn) }
            }),
        ] + defaultSources
        return try Self.first(of: sources)
    }

    private var defaultSources: [Source] {
        [
            ("environment", { environmentCredentials }),
            ("web identity", { () throws(SASLError) in
                try webIdentity(
                    tokenPath: environment["AWS_WEB_IDENTITY_TOKEN_FILE"], roleARN: environment["AWS_ROLE_ARN"],
                    sessionName: environment["AWS_ROLE_SESSION_NAME"])
            }),
            ("profile \(environment.profileName)", { () throws(SASLError) in
                try profile(environment.profileName, depth: 0)
            }),
            ("container", { () throws(SASLError) in try AWSContainerCredentials(environment)?.retrieveCredentials() }),
            ("instance metadata", { () throws(SASLError) in
                try AWSInstanceMetadata(environment)?.retrieveCredentials()
            }),
        ]
    }

    /// The first source that has credentials; the error names what each lacks.
    private static func first(of sources: [Source]) throws(SASLError) -> AWSCredentials {
        var (reasons, isRetriable): ([String], Bool) = ([], false)
        for source in sources {
            do throws(SASLError) {
                if let credentials = try source.credentials() { return credentials }
            } catch {
                reasons.append("\(source.name): \(error.reason)")
                isRetriable = isRetriable || error.isRetriable
            }
        }
        let detail = reasons.isEmpty ? "no source is configured" : reasons.joined(separator: "; ")
        throw SASLError("no AWS credentials (\(detail))", isRetriable: isRetriable)
    }

    private func assume(_ arn: String) throws(SASLError) -> AWSCredentials {
        let service = try AWSSecurityTokenService(region: stsRegion, environment)
        let own: AWSCredentials
        if let roleCredentials { own = roleCredentials } else { own = try Self.first(of: defaultSources) }
        return try service.assumeRole(
            arn, sessionName: roleSessionName ?? "aws-msk-iam-auth", externalID: roleExternalID, with: own)
    }

    // MARK: Sources

    private var environmentCredentials: AWSCredentials? {
        guard let id = environment["AWS_ACCESS_KEY_ID"] ?? environment["AWS_ACCESS_KEY"],
            let secret = environment["AWS_SECRET_ACCESS_KEY"] ?? environment["AWS_SECRET_KEY"]
        else { return nil }
        return AWSCredentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
    }

    private func webIdentity(
        tokenPath: String?, roleARN: String?, sessionName: String?
    ) throws(SASLError) -> AWSCredentials? {
        guard let tokenPath, let roleARN else { return nil }
        let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        return try AWSSecurityTokenService(region: region, environment).assumeRole(
            roleARN, sessionName: sessionName, webIdentityToken: try CredentialFile.text(tokenPath))
    }

    private func required(_ name: String) throws(SASLError) -> AWSCredentials {
        guard let credentials = try profile(name, depth: 0) else { throw SASLError("no shared file has this profile") }
        return credentials
    }

    private func profile(_ name: String, depth: Int) throws(SASLError) -> AWSCredentials? {
        guard depth < Self.profilesMax else { throw SASLError("the profiles refer to each other by source_profile") }
        guard let settings = try environment.profile(name) else { return nil }
        func setting(_ name: String) -> String? { settings[name].flatMap { $0.isEmpty ? nil : $0 } }
        let (id, secret) = (setting("aws_access_key_id"), setting("aws_secret_access_key"))
        let own = id.flatMap { id in
            secret.map {
                AWSCredentials(accessKeyID: id, secretAccessKey: $0, sessionToken: setting("aws_session_token"))
            }
        }
        guard let role = setting("role_arn") else {
            for name in ["credential_process", "sso_session", "sso_start_url"] where own == nil && setting(name) != nil {
                throw SASLError("\(name) is not supported")
            }
            return own
        }
        let sessionName = setting("role_session_name")
        if let path = setting("web_identity_token_file") {
            return try webIdentity(tokenPath: path, roleARN: role, sessionName: sessionName)
        }
        let source = try source(
            of: role, profile: setting("source_profile"), setting("credential_source"), own: own, of: name, depth)
        return try AWSSecurityTokenService(region: setting("region") ?? stsRegion, environment).assumeRole(
            role, sessionName: sessionName, externalID: setting("external_id"), with: source)
    }

    /// The credentials with which the role of a profile is assumed.
    private func source(
        of role: String, profile other: String?, _ credentialSource: String?, own: AWSCredentials?, of name: String,
        _ depth: Int
    ) throws(SASLError) -> AWSCredentials {
        if let other {
            // A profile may use its own keys for its role.
            if other == name, let own { return own }
            guard let credentials = try profile(other, depth: depth + 1) else {
                throw SASLError("source_profile \(other) has no credentials")
            }
            return credentials
        }
        let credentials: AWSCredentials? =
            switch credentialSource {
            case "Environment"?: environmentCredentials
            case "EcsContainer"?: try AWSContainerCredentials(environment)?.retrieveCredentials()
            case "Ec2InstanceMetadata"?: try AWSInstanceMetadata(environment)?.retrieveCredentials()
            default: throw SASLError("role_arn has neither source_profile nor credential_source")
            }
        guard let credentials else { throw SASLError("credential_source has no credentials") }
        return credentials
    }
}

extension AWSCredentialsChain: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without credentials.
    public var description: String { roleARN.map { "role \($0)" } ?? "credentials of AWS" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
