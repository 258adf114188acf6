import KafkaWire
import Synchronization

/// Counts the records that are stored.
final class DeliveryCounter: DeliveryListener {
    private let stored = Atomic(0)

    var count: Int { stored.load(ordering: .acquiring) }

    func add(_ count: Int) { stored.add(count, ordering: .acquiringAndReleasing) }

    func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
        if error == nil { add(tags.reduce(0) { $0 + $1.count }) }
    }
}
