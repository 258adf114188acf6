import Foundation
import KafkaWire
import Synchronization
import WireCore

/// The times from the appends of records to their completions.
struct LatencyOutcome: Encodable {
    var medianMilliseconds: Double
    var percentile99Milliseconds: Double
    var maxMilliseconds: Double
}

/// Appends records at a rate, one after the other, each at its time.
func measureLatency(_ workload: ProducerWorkload, recordsPerSecond: Int) throws -> LatencyOutcome {
    let found = Mutex<[UInt64]>([])
    found.withLock { $0.reserveCapacity(workload.recordCount) }
    let record = KafkaRecord(topic: workload.topic, value: workload.value)
    try workload.withProducer { producer in
        _ = try producer.topic(workload.topic)
        let start = MonotonicInstant.now
        for number in 0..<workload.recordCount {
            let due = start.nanoseconds + UInt64(number) * 1_000_000_000 / UInt64(recordsPerSecond)
            let now = MonotonicInstant.now.nanoseconds
            if now < due { Thread.sleep(forTimeInterval: Double(due - now) / 1e9) }
            let appended = MonotonicInstant.now
            try producer.append(record) { outcome in
                guard case .success = outcome else { return }
                let passed = MonotonicInstant.now.nanoseconds - appended.nanoseconds
                found.withLock { $0.append(passed) }
            }
        }
        try producer.awaitDelivery()
    }
    let sorted = found.withLock { $0.sorted() }
    guard sorted.count == workload.recordCount else { throw BenchmarkError("records failed") }
    func milliseconds(_ percent: Int) -> Double {
        Double(sorted[min(sorted.count - 1, sorted.count * percent / 100)]) / 1e6
    }
    return LatencyOutcome(
        medianMilliseconds: milliseconds(50), percentile99Milliseconds: milliseconds(99),
        maxMilliseconds: milliseconds(100))
}
