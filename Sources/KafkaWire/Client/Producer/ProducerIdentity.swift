/// A producer's id and epoch, as the cluster assigned it (InitProducerId) or as it was raised later.
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
