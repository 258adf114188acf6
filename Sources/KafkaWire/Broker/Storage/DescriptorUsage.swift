import KafkaProtocol
import WireStreams

/// The number of open file descriptors and its limit.
protocol DescriptorUsage: Sendable {
    var openCount: Int { get }
    var limit: Int { get }
}

/// The descriptors of this process.
struct ProcessDescriptors: DescriptorUsage {
    var openCount: Int { DescriptorLimit.openCount }
    var limit: Int { DescriptorLimit.soft }
}
