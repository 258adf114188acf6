/// A transaction's identifier: the server where it was first committed, and its number there.
public struct GTID: Hashable, Sendable, CustomStringConvertible {
    public let source: ServerUUID
    public let number: UInt64

    public init(source: ServerUUID, number: UInt64) {
        self.source = source
        self.number = number
    }

    public var description: String { "\(source):\(number)" }
}
