/// A producer's id and epoch, as the cluster gave it (InitProducerId) and as it was raised since.
struct ProducerIdentity: Equatable, Sendable {
    var producerID: Int64
    var epoch: Int16

    /// The same producer in the next epoch; nil if the epochs are used up and a new id is needed.
    ///
    /// An idempotent producer raises its epoch itself; brokers then expect sequences from 0 (KIP-360).
    var nextEpoch: ProducerIdentity? {
        epoch == .max ? nil : ProducerIdentity(producerID: producerID, epoch: epoch + 1)
    }
}
