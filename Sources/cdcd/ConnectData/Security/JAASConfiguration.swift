/// The value of `sasl.jaas.config`: one login module with its options.
///
/// Source: `org.apache.kafka.common.security.JaasConfig` and `JaasContext` of kafka-clients 4.3.
package struct JAASConfiguration: Sendable, Equatable {
    package enum ControlFlag: String, Sendable { case required, requisite, sufficient, optional }

    /// The class name.
    package let loginModule: String
    package let controlFlag: ControlFlag
    /// May contain secrets. An option whose name is a number has no name in Java either, and is left out.
    package let options: [String: String]

    private static let forbiddenModules: Set = [
        "com.sun.security.auth.module.JndiLoginModule", "com.sun.security.auth.module.LdapLoginModule",
    ]

    package init(parsing text: String) throws(JAASError) {
        var tokenizer = JAASTokenizer(text)
        var entries: [JAASConfiguration] = []
        while true {
            let token = tokenizer.nextToken()
            if token == .end { break }
            entries.append(try Self.entry(token.text, &tokenizer))
        }
        guard let first = entries.first else { throw JAASError(.noLoginModule, tokenizer) }
        if entries.count > 1 { throw JAASError(.severalLoginModules(entries.count), tokenizer) }
        if Self.forbiddenModules.contains(first.loginModule) {
            throw JAASError(.forbiddenLoginModule(first.loginModule), tokenizer)
        }
        self = first
    }

    private init(loginModule: String, controlFlag: ControlFlag, options: [String: String]) {
        self.loginModule = loginModule
        self.controlFlag = controlFlag
        self.options = options
    }

    private static func entry(
        _ loginModule: String?, _ tokenizer: inout JAASTokenizer
    ) throws(JAASError) -> JAASConfiguration {
        var token = tokenizer.nextToken()
        if token == .end { throw JAASError(.controlFlagMissing, tokenizer) }
        guard let flagText = token.text else { throw JAASError(.controlFlagUnavailable, tokenizer) }
        guard let flag = ControlFlag(rawValue: flagText.lowercased()) else {
            throw JAASError(.controlFlagInvalid(flagText), tokenizer)
        }
        var options: [String: String] = [:]
        token = tokenizer.nextToken()
        while token != .end, token != .semicolon {
            let key = token.text
            guard tokenizer.nextToken() == .equals, let value = tokenizer.nextToken().text else {
                throw JAASError(.valueMissing(key: key), tokenizer)
            }
            if let key { options[key] = value }
            token = tokenizer.nextToken()
        }
        if token == .end { throw JAASError(.notTerminated, tokenizer) }
        guard let loginModule, !loginModule.isEmpty else { throw JAASError(.loginModuleUnnamed, tokenizer) }
        return JAASConfiguration(loginModule: loginModule, controlFlag: flag, options: options)
    }
}

extension JAASConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the options' values.
    package var description: String {
        ([loginModule, controlFlag.rawValue] + options.keys.sorted().map { "\($0)=[hidden]" }).joined(separator: " ") + ";"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
