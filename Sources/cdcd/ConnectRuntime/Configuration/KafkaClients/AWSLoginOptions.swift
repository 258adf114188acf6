import KafkaWire

/// The JAAS options of `aws-msk-iam-auth`. Others are ignored, as there.
struct AWSLoginOptions {
    private(set) var chain = AWSCredentialsChain()
    /// The region of the cluster; nil: that of the process.
    let region: String?

    init(_ options: [String: String]) {
        region = options["awsRegion"]
        chain.profileName = options["awsProfileName"]
        chain.roleARN = options["awsRoleArn"]
        chain.roleSessionName = options["awsRoleSessionName"]
        chain.roleExternalID = options["awsRoleExternalId"]
        chain.stsRegion = options["awsStsRegion"]
        if let id = options["awsRoleAccessKeyId"], let secret = options["awsRoleSecretAccessKey"] {
            chain.roleCredentials = AWSCredentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: options["awsRoleSessionToken"])
        }
        if let count = options["awsMaxRetries"].flatMap({ Int($0) }) { chain.retriesMax = max(0, count) }
        if let pause = options["awsMaxBackOffTimeMs"].flatMap({ Int($0) }) { chain.backoffMaxMilliseconds = max(0, pause) }
    }
}
