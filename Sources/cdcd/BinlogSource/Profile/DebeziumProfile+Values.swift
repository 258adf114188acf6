/// How the generations differ in the conversion of column values.
extension DebeziumProfile {
    package var values: Values { Values(isModern: isModern) }

    package struct Values: Sendable {
        fileprivate let isModern: Bool

        /// Whether a FLOAT of single precision is `float32`; else it is widened to `float64`.
        package var floatIsSingle: Bool { isModern }

        /// Whether an unsigned BIGINT as a `Decimal` has the parameter of its precision (20).
        package var unsignedBigintHasPrecision: Bool { isModern }

        /// Whether streamed TIMESTAMPs and their defaults have exactly the column's fractional digits; else trailing
        /// zeros are left out.
        package var timestampsKeepZeros: Bool { isModern }

        /// Whether a streamed negative TIME without a fraction is emitted wrong, as `DebeziumTimeDecoder` describes.
        package var misreadsNegativeTimes: Bool { !isModern }

        /// Whether a TIME that is read from a text, as in snapshots and defaults, loses its sign above -01:00:00.
        package var losesSignOfShortTimes: Bool { !isModern }

        /// Whether a streamed TIMESTAMP `0000-00-00 00:00:00` is the epoch, even if NULL is allowed.
        package var zeroTimestampIsEpoch: Bool { !isModern }
    }
}
