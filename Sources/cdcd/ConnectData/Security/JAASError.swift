/// Why a value of `sasl.jaas.config` cannot be used.
package struct JAASError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case noLoginModule, loginModuleUnnamed, controlFlagMissing, controlFlagUnavailable, notTerminated
        case controlFlagInvalid(String)
        /// nil: the key is not a text.
        case valueMissing(key: String?)
        case severalLoginModules(Int)
        case forbiddenLoginModule(String)
    }

    package let reason: Reason
    /// The start of the invalid token, in UTF-16 code units.
    package let offset: Int

    init(_ reason: Reason, _ tokenizer: JAASTokenizer) {
        self.reason = reason
        offset = tokenizer.tokenOffset
    }

    /// Java's message, empty if Java's exception has none. It may contain part of a secret that is quoted incorrectly.
    package var javaMessage: String {
        switch reason {
        case .noLoginModule: "Login module not specified in JAAS config"
        case .loginModuleUnnamed: ""
        case .controlFlagMissing: "Login module control flag not specified in JAAS config"
        case .controlFlagUnavailable: "Login module control flag is not available in the JAAS config"
        case .controlFlagInvalid(let flag): "Invalid login module control flag '\(flag)' in JAAS config"
        case .valueMissing(let key): "Value not specified for key '\(key ?? "null")' in JAAS config"
        case .notTerminated: "JAAS config entry not terminated by semi-colon"
        case .severalLoginModules(let count):
            "JAAS config property contains \(count) login modules, should be 1 module"
        case .forbiddenLoginModule(let name):
            "\(name) is not allowed. The system property 'org.apache.kafka.disallowed.login.modules' is deprecated. Use the "
                + "org.apache.kafka.allowed.login.modules to allow this module. "
                + "e.g.,-Dorg.apache.kafka.allowed.login.modules=\(name)"
        }
    }

    /// With the position and without any part of the value.
    package var description: String {
        let text =
            switch reason {
            case .noLoginModule, .controlFlagMissing, .controlFlagUnavailable, .notTerminated, .severalLoginModules:
                javaMessage
            case .loginModuleUnnamed: "Login module has no name in JAAS config"
            case .controlFlagInvalid: "Invalid login module control flag in JAAS config"
            case .valueMissing: "Value not specified for a key in JAAS config"
            case .forbiddenLoginModule(let name): "The login module \(name) is not allowed"
            }
        return "\(text) (at character \(offset + 1))"
    }
}
