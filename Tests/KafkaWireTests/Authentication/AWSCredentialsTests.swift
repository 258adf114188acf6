import Foundation
import HTTPWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaWire

/// Each source of credentials against a local server with the documented answers.
@Suite struct AWSCredentialsTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static func answer(_ name: String) throws -> String {
        String(decoding: try Fixtures.bytes("aws/answers/\(name)"), as: UTF8.self)
    }

    private func file(_ name: String, _ text: String) throws -> String {
        try folder.write(Array(text.utf8), to: name)
        return "\(folder.path)/\(name)"
    }

    /// Without the files and the metadata of this host.
    private func chain(
        _ variables: [String: String], _ change: (inout AWSCredentialsChain) -> Void = { _ in }
    ) -> AWSCredentialsChain {
        let isolated = ["HOME": folder.path, "AWS_EC2_METADATA_DISABLED": "true"]
        var chain = AWSCredentialsChain(environment: AWSEnvironment(variables: isolated.merging(variables) { $1 }))
        chain.backoffMaxMilliseconds = 1
        chain.retriesMax = 0
        change(&chain)
        return chain
    }

    private static func reason(_ chain: AWSCredentialsChain) -> String {
        do throws(SASLError) { _ = try chain.retrieveCredentials() } catch { return error.reason }
        return "found"
    }

    private static let own = ["AWS_ACCESS_KEY_ID": "AKIDOWN", "AWS_SECRET_ACCESS_KEY": "hunter2"]

    @Test func environmentIsTheFirstSource() throws {
        let file = try file("credentials", "[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=x\n")
        let variables = Self.own.merging(["AWS_SESSION_TOKEN": "t", "AWS_SHARED_CREDENTIALS_FILE": file]) { $1 }
        #expect(
            try chain(variables).retrieveCredentials()
                == AWSCredentials(accessKeyID: "AKIDOWN", secretAccessKey: "hunter2", sessionToken: "t"))
    }

    @Test func missingSourcesAreNamed() {
        #expect(Self.reason(chain([:])) == "no AWS credentials (no source is configured)")
        let reason = Self.reason(chain(["AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials"]))
        #expect(reason.contains("profile default: /nowhere/credentials cannot be read"), "\(reason)")
    }

    @Test func profilesAreReadFromBothFiles() throws {
        let config = """
            # comment
            [default]
            region = eu-west-1
            [profile  dev]
            aws_access_key_id = AKIDCONFIG
            aws_secret_access_key=from-config
            s3 =
              max_concurrent_requests = 20
            [profile named]
            region=us-west-2
            """
        let credentials = """
            [dev]
            ; comment
            aws_secret_access_key = from=credentials
            [default]
            aws_access_key_id = AKIDDEFAULT
            aws_secret_access_key = x
            aws_session_token = token
            """
        let variables = [
            "AWS_CONFIG_FILE": try file("config", config), "AWS_SHARED_CREDENTIALS_FILE": try file("c", credentials),
        ]
        #expect(
            try chain(variables).retrieveCredentials()
                == AWSCredentials(accessKeyID: "AKIDDEFAULT", secretAccessKey: "x", sessionToken: "token"))
        let dev = AWSCredentials(accessKeyID: "AKIDCONFIG", secretAccessKey: "from=credentials")
        #expect(try chain(variables.merging(["AWS_PROFILE": "dev"]) { $1 }).retrieveCredentials() == dev)
        // The configured profile precedes the environment.
        #expect(try chain(variables.merging(Self.own) { $1 }) { $0.profileName = "dev" }.retrieveCredentials() == dev)
        #expect(Self.reason(chain(variables) { $0.profileName = "other" }) .contains("AKIDDEFAULT") == false)
        let environment = AWSEnvironment(variables: variables.merging(["AWS_PROFILE": "named"]) { $1 })
        #expect(try AWSRegion.region(configured: nil, host: "broker", environment) == "us-west-2")
        #expect(try AWSRegion.region(configured: "x-1", host: nil, environment) == "x-1")
        #expect(throws: SASLError.self) { try AWSRegion.region(configured: "x.evil.example/", host: nil, environment) }
    }

    @Test func unsupportedSettingsOfAProfileAreNamed() throws {
        for setting in ["credential_process = /bin/x", "sso_session = s"] {
            let path = try file("credentials", "[default]\n\(setting)\n")
            let reason = Self.reason(chain(["AWS_SHARED_CREDENTIALS_FILE": path]))
            #expect(reason.contains("\(setting.split(separator: " ")[0]) is not supported"), "\(reason)")
        }
    }

    // MARK: Roles

    @Test func roleIsAssumedWithTheNextSource() throws {
        let answer = try Self.answer("assume-role.xml")
        let sts = try TestEndpoint([(200, answer)])
        let role = chain(Self.own.merging(["AWS_ENDPOINT_URL_STS": sts.url]) { $1 }) {
            $0.roleARN = "arn:aws:iam::123456789012:role/demo"
            $0.roleExternalID = "ext 1"
            $0.stsRegion = "eu-west-1"
        }
        let credentials = try role.retrieveCredentials()
        #expect(credentials.accessKeyID == "ASIAROLEEXAMPLE" && credentials.sessionToken?.hasSuffix("oLxBA==") == true)
        #expect(credentials.expiresAtMilliseconds == AWSTime.milliseconds("2099-11-09T13:34:41Z"))
        let request = try #require(sts.requests.first)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdemo"
                + "&RoleSessionName=aws-msk-iam-auth&ExternalId=ext%201")
        let authorization = try #require(request.header("Authorization"))
        #expect(authorization.contains("Credential=AKIDOWN/") && authorization.contains("/eu-west-1/sts/aws4_request"))
        #expect(request.header("X-Amz-Date") != nil)
    }

    @Test func refusedRoleIsReportedWithoutCredentials() throws {
        let answer = try Self.answer("access-denied.xml")
        let sts = try TestEndpoint([(403, answer)])
        let role = chain(["AWS_ENDPOINT_URL_STS": sts.url]) {
            $0.roleARN = "arn"
            $0.roleCredentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "hunter2")
        }
        let reason = Self.reason(role)
        #expect(reason.contains("role arn:") && reason.contains("AccessDenied: User: arn:aws:iam::"), "\(reason)")
        #expect(!reason.contains("hunter2"))
    }

    @Test func profilesMayReferToARoleAndASource() throws {
        let answer = try Self.answer("assume-role.xml")
        let sts = try TestEndpoint([(200, answer)])
        let path = try file("config", """
            [profile role]
            role_arn = arn:role
            source_profile = base
            role_session_name = me
            [profile base]
            aws_access_key_id = AKIDBASE
            aws_secret_access_key = x
            [profile environment]
            role_arn = arn:role
            credential_source = Environment
            [profile loop]
            role_arn = arn:role
            source_profile = loop2
            [profile loop2]
            role_arn = arn:role
            source_profile = loop
            """)
        let variables = Self.own.merging(["AWS_CONFIG_FILE": path, "AWS_ENDPOINT_URL_STS": sts.url]) { $1 }
        for (profile, key) in [("role", "AKIDBASE"), ("environment", "AKIDOWN")] {
            #expect(
                try chain(variables) { $0.profileName = profile }.retrieveCredentials().accessKeyID == "ASIAROLEEXAMPLE")
            #expect(sts.requests.last?.header("Authorization")?.contains("Credential=\(key)/") == true)
        }
        var withoutOwn = variables
        withoutOwn["AWS_ACCESS_KEY_ID"] = nil
        let reason = Self.reason(chain(withoutOwn) { $0.profileName = "loop" })
        #expect(reason.contains("refer to each other"), "\(reason)")
    }

    @Test func webIdentityIsExchanged() throws {
        let answer = try Self.answer("assume-role-with-web-identity.xml")
        let sts = try TestEndpoint([(200, answer)])
        let identity = chain([
            "AWS_WEB_IDENTITY_TOKEN_FILE": try file("token", "the.web.token\n"), "AWS_ROLE_ARN": "arn:role",
            "AWS_ROLE_SESSION_NAME": "me", "AWS_ENDPOINT_URL_STS": sts.url,
        ])
        #expect(try identity.retrieveCredentials().accessKeyID == "ASgeIAIOSFODNN7EXAMPLE")
        let request = try #require(sts.requests.first)
        #expect(request.header("Authorization") == nil)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Arole&RoleSessionName=me"
                + "&WebIdentityToken=the.web.token")
    }

    // MARK: Endpoints

    @Test func containersEndpointIsAskedWithItsToken() throws {
        let answer = try Self.answer("container-credentials.json")
        let endpoint = try TestEndpoint([(200, answer)])
        let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url + "/creds"]
        let token = ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc"]
        let tokenFile = ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": try file("token", "from-file\n")]
        for (more, header) in [([:], nil), (token, "Basic abc"), (token.merging(tokenFile) { $1 }, "from-file")]
            as [([String: String], String?)] {
            let credentials = try chain(variables.merging(more) { $1 }).retrieveCredentials()
            #expect(credentials.accessKeyID == "ASIACONTAINEREXAMPLE" && credentials.sessionToken == "container-token")
            #expect(endpoint.requests.last?.path == "/creds")
            #expect(endpoint.requests.last?.header("Authorization") == header)
        }
        let relative = AWSEnvironment(variables: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"])
        #expect(try AWSContainerCredentials(relative)?.url == HTTPURL("http://169.254.170.2/v2/x"))
        let foreign = AWSEnvironment(variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"])
        #expect(throws: SASLError.self) { try AWSContainerCredentials(foreign) }
    }

    @Test func metadataOfTheInstanceIsAskedWithASessionToken() throws {
        let answer = try Self.answer("instance-credentials.json")
        let endpoint = try TestEndpoint { request, _ in
            if request.method == "PUT" {
                return request.header("X-aws-ec2-metadata-token-ttl-seconds") == nil ? (400, "") : (200, "session")
            }
            guard request.header("X-aws-ec2-metadata-token") == "session" else { return (401, "") }
            switch request.path {
            case "/latest/meta-data/iam/security-credentials/": return (200, "the-role\n")
            case "/latest/meta-data/iam/security-credentials/the-role": return (200, answer)
            case "/latest/meta-data/placement/region": return (200, "eu-south-1")
            default: return (404, "")
            }
        }
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint.url, "AWS_EC2_METADATA_DISABLED": "false"]
        let credentials = try chain(variables).retrieveCredentials()
        #expect(credentials.accessKeyID == "ASIAINSTANCEEXAMPLE" && credentials.sessionToken == "instance-token")
        #expect(credentials.expiresAtMilliseconds == AWSTime.milliseconds("2099-05-17T15:09:54Z"))
        let environment = AWSEnvironment(variables: variables.merging(["HOME": folder.path]) { $1 })
        #expect(try AWSRegion.region(configured: nil, host: nil, environment) == "eu-south-1")
    }

    @Test func sourcesThatFailForAMomentAreAskedAgain() throws {
        let answer = try Self.answer("container-credentials.json")
        let endpoint = try TestEndpoint([(500, ""), (200, answer)])
        let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url]
        #expect(Self.reason(chain(variables)).contains("container: \(endpoint.url)/ answers with status 500"))
        let other = try TestEndpoint([(500, ""), (200, answer)])
        let credentials = try chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": other.url]) { $0.retriesMax = 1 }
            .retrieveCredentials()
        #expect(credentials.accessKeyID == "ASIACONTAINEREXAMPLE")
    }

    @Test(arguments: [
        "", "{}", "[", #"{"Code":"AssumeRoleUnauthorizedAccess"}"#, #"{"AccessKeyId":"a b","SecretAccessKey":"x"}"#,
        #"{"AccessKeyId":"","SecretAccessKey":"x"}"#, #"{"AccessKeyId":"a","SecretAccessKey":"x","Expiration":"soon"}"#,
    ])
    func invalidAnswersAreRefused(body: String) throws {
        let endpoint = try TestEndpoint([(200, body)])
        let reason = Self.reason(chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url]))
        #expect(reason.contains("container: "), "\(reason)")
    }

    @Test func mechanismSignsWithTheCredentials() throws {
        struct Fixed: AWSCredentialsProvider {
            func retrieveCredentials() throws(SASLError) -> AWSCredentials {
                AWSCredentials(accessKeyID: "AKID", secretAccessKey: "hunter2", sessionToken: "hunter3")
            }
        }
        let mechanism = AWSIAMMechanism(Fixed())
        #expect(mechanism.name == "AWS_MSK_IAM")
        var session = try mechanism.makeSession(
            broker: SocketAddress(host: "b-1.x.c1.kafka.us-east-2.amazonaws.com", port: 9098))
        let text = String(decoding: try session.initialResponse(), as: UTF8.self)
        #expect(text.contains("/us-east-2/kafka-cluster/aws4_request") && text.contains("hunter3"))
        #expect(!text.contains("hunter2"))
        let token = try AWSIAMTokens(Fixed(), region: "us-east-2").retrieveToken()
        #expect(token.principalName == "AKID")
        var dumped = "\(mechanism) \(session) \(try Fixed().retrieveCredentials())"
        let credentials = try Fixed().retrieveCredentials()
        dump([mechanism, session, credentials, AWSIAMTokens(Fixed()), token] as [Any], to: &dumped)
        #expect(!dumped.contains("hunter"))
    }
}
