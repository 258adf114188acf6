/// Capabilities Flags of the connection phase.
package struct CapabilityFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let longPassword = CapabilityFlags(rawValue: 1 << 0)
    package static let longFlag = CapabilityFlags(rawValue: 1 << 2)
    package static let connectWithDatabase = CapabilityFlags(rawValue: 1 << 3)
    package static let protocol41 = CapabilityFlags(rawValue: 1 << 9)
    package static let tls = CapabilityFlags(rawValue: 1 << 11)
    package static let transactions = CapabilityFlags(rawValue: 1 << 13)
    package static let secureConnection = CapabilityFlags(rawValue: 1 << 15)
    package static let multiResults = CapabilityFlags(rawValue: 1 << 17)
    package static let pluginAuthentication = CapabilityFlags(rawValue: 1 << 19)
    package static let connectionAttributes = CapabilityFlags(rawValue: 1 << 20)
    package static let lengthEncodedAuthentication = CapabilityFlags(rawValue: 1 << 21)
    package static let deprecateEOF = CapabilityFlags(rawValue: 1 << 24)
}
