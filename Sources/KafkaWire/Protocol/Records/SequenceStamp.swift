/// A batch's producer and its position in that producer's sequence (KIP-98); `none` for a producer without an id.
package struct SequenceStamp: Equatable, Sendable {
    package var producerID: Int64
    package var producerEpoch: Int16
    package var baseSequence: Int32

    package init(producerID: Int64, producerEpoch: Int16, baseSequence: Int32) {
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
    }

    package static let none = SequenceStamp(producerID: -1, producerEpoch: -1, baseSequence: -1)
}
