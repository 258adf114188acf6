import ConnectData
import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct KafkaErrorRemedyTests {
    private static let unreachable = KafkaError.unreachable(
        brokers: [SocketAddress(host: "b", port: 9092)], lastError: "refused")

    @Test(arguments: [
        (unreachable, "bootstrap.servers"),
        (.notABroker(SocketAddress(host: "b", port: 9092), reason: "HTTP"), "bootstrap.servers"),
        (.recordTooLarge(bytes: 2, limit: 1, topic: "t"), "producer.override.max.request.size"),
        (.code(.messageTooLarge, about: "t-0"), "max.message.bytes"),
    ])
    func textNamesThePropertyThatRemediesTheError(error: KafkaError, property: String) {
        #expect(!"\(error)".contains(property))
        #expect(error.explained() == "\(error). \(error.remedy() ?? "")")
        #expect(error.remedy()?.contains(property) == true)
        #expect(DeliveryError(error).description.hasSuffix(error.explained()))
    }

    @Test func remedyNamesThePropertyOfTheClient() {
        let remedy = Self.unreachable.remedy(bootstrapServers: "database.history.kafka.bootstrap.servers")
        #expect(remedy?.contains("database.history.kafka.bootstrap.servers") == true)
    }

    @Test func otherErrorsHaveNoRemedy() {
        #expect(KafkaError.closed.remedy() == nil)
        #expect(KafkaError.explained(KafkaError.closed) == "\(KafkaError.closed)")
    }

    @Test func statusOfAWaitingTaskNamesTheRemedy() {
        let conditions = Mutex<[TaskControl.Condition]>([])
        let tracker = DeliveryTracker(
            logger: Logger("test"),
            reports: DeliveryTracker.Reports(
                progress: { _ in }, firstWrite: { _ in }, failed: {},
                brokersChanged: { condition in conditions.withLock { $0.append(condition) } }))
        tracker.brokerUnreachable(Self.unreachable)
        let reason = "Records wait because a Kafka broker does not accept them: " + Self.unreachable.explained()
        #expect(conditions.withLock { $0 } == [.interrupted(reason: reason)])
    }
}
