/// The amount of data that a connection has received. With TLS, bytes are counted after decryption.
public struct MySQLTraffic: Equatable, Sendable {
    public var receivedBytes: Int
    public var receivedPackets: Int
}
