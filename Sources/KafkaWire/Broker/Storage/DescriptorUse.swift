import KafkaProtocol
import WireStreams

/// How many descriptors the process has open, and how many it may have.
protocol DescriptorUse: Sendable {
    var openCount: Int { get }
    var limit: Int { get }
}

/// Of this process.
struct ProcessDescriptors: DescriptorUse {
    var openCount: Int { DescriptorLimit.openCount }
    var limit: Int { DescriptorLimit.soft }
}
