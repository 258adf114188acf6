import KafkaProtocol

extension BrokerService {
    /// Whether the node that has received the request coordinates the group or the transactional id. If not, the answer
    /// is NOT_COORDINATOR.
    func coordinates(_ key: String, _ context: RequestContext) -> Bool {
        membership.coordinator(of: key) == context.node.id
    }
}
