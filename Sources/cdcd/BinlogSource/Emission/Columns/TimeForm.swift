import ConnectData

/// The representation of a TIME.
enum TimeForm: Sendable, Hashable, BitwiseCopyable {
    /// `io.debezium.time.MicroTime`.
    case microseconds
    /// `io.debezium.time.NanoTime`.
    case nanoseconds
    /// `org.apache.kafka.connect.data.Time`: milliseconds of a day.
    case connect
    /// `io.debezium.time.IsoTime`: `13:37:03Z`.
    case iso

    init(_ precision: ValueOptions.TimePrecision) {
        switch precision {
        case .connect: self = .connect
        case .isostring: self = .iso
        case .adaptiveTimeMicroseconds, .microseconds: self = .microseconds
        case .nanoseconds: self = .nanoseconds
        }
    }

    static let dayMicroseconds: Int64 = 86_400_000_000

    /// Returns false, and writes nothing, if the form cannot represent the value: the last two have only the times of a
    /// day, including 24:00:00, and nanoseconds must fit into 64 bits.
    @inline(__always)
    func write<S: ValueSink & ~Copyable>(_ microseconds: Int64, into sink: inout S) -> Bool {
        switch self {
        case .microseconds: sink.integer(microseconds)
        case .nanoseconds:
            let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
            if overflow { return false }
            sink.integer(product)
        case .connect:
            guard (0...Self.dayMicroseconds).contains(microseconds) else { return false }
            sink.integer(microseconds / 1000)
        case .iso:
            guard (0...Self.dayMicroseconds).contains(microseconds) else { return false }
            ISOText.write(timeMicroseconds: microseconds % Self.dayMicroseconds, into: &sink)
        }
        return true
    }

    /// Returns nil if the value cannot be represented.
    func value(_ microseconds: Int64) -> ConnectValue? {
        var builder = ValueBuilder()
        return write(microseconds, into: &builder) ? builder.takeValue() : nil
    }
}
