/// Capabilities Flags of the connection phase.
public struct CapabilityFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let longPassword = CapabilityFlags(rawValue: 1 << 0)
    public static let longFlag = CapabilityFlags(rawValue: 1 << 2)
    public static let connectWithDatabase = CapabilityFlags(rawValue: 1 << 3)
    public static let protocol41 = CapabilityFlags(rawValue: 1 << 9)
    public static let tls = CapabilityFlags(rawValue: 1 << 11)
    public static let transactions = CapabilityFlags(rawValue: 1 << 13)
    public static let secureConnection = CapabilityFlags(rawValue: 1 << 15)
    public static let multiResults = CapabilityFlags(rawValue: 1 << 17)
    public static let pluginAuthentication = CapabilityFlags(rawValue: 1 << 19)
    public static let connectionAttributes = CapabilityFlags(rawValue: 1 << 20)
    public static let lengthEncodedAuthentication = CapabilityFlags(rawValue: 1 << 21)
    public static let deprecateEOF = CapabilityFlags(rawValue: 1 << 24)
}
