import KafkaProtocol
import WireStreams

/// How many descriptors the process has open, and how many it may have.
protocol DescriptorUsage: Sendable {
    var openCount: Int { get }
    var limit: Int { get }
}

/// Of this process.
struct ProcessDescriptors: DescriptorUsage {
    var openCount: Int { DescriptorLimit.openCount }
    var limit: Int { DescriptorLimit.soft }
}
