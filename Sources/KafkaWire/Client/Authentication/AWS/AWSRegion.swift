/// The region of a cluster.
enum AWSRegion {
    /// The region in the host name of a broker of MSK (`b-1.demo.a1b2c3.c2.kafka.us-east-1.amazonaws.com`, also
    /// `kafka-serverless` and `amazonaws.com.cn`); nil for any other name.
    static func inHost(_ host: String) -> String? {
        let labels = host.lowercased().split(separator: ".")
        guard let suffix = labels.firstIndex(of: "amazonaws"), suffix >= 2, labels[(suffix + 1)...].first == "com",
            labels[suffix - 2] == "kafka" || labels[suffix - 2] == "kafka-serverless"
        else { return nil }
        return isValid(labels[suffix - 1]) ? String(labels[suffix - 1]) : nil
    }

    /// A region becomes part of a host name, so it must not contain anything else.
    static func isValid(_ name: some StringProtocol) -> Bool {
        (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// The configured region, or that of the broker, or that of the process.
    static func region(
        configured: String?, host: String?, _ environment: AWSEnvironment
    ) throws(SASLError) -> String {
        if let configured { return try checked(configured) }
        if let name = host.flatMap({ inHost($0) }) { return name }
        return try ofProcess(environment)
    }

    /// The region of the process: from the environment, the profile, or the instance.
    private static func ofProcess(_ environment: AWSEnvironment) throws(SASLError) -> String {
        if let name = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] { return try checked(name) }
        if let name = try environment.profile(environment.profileName)?["region"] { return try checked(name) }
        if let name = AWSInstanceMetadata(environment)?.region() { return try checked(name) }
        throw SASLError(
            "the AWS region is unknown: the broker's name does not contain it, and it is neither configured nor in "
                + "AWS_REGION nor in the profile \(environment.profileName)")
    }

    private static func checked(_ name: String) throws(SASLError) -> String {
        guard isValid(name) else { throw SASLError("the AWS region \(SASLError.printable(name)) is invalid") }
        return name
    }
}
