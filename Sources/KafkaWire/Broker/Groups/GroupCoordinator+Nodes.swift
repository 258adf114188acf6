import KafkaProtocol
import Synchronization
import WireCore

extension GroupCoordinator {
    /// Other nodes coordinate some of the groups now. Their waiting requests are answered with NOT_COORDINATOR; the
    /// members have a full session timeout to find the new coordinator, and a group in a rebalance begins it again.
    func moveCoordinators(
        from before: ClusterMembership.Snapshot, to after: ClusterMembership.Snapshot, now: MonotonicInstant = .now
    ) {
        change { state in
            func hasMoved(_ groupID: String) -> Bool {
                before.coordinator(of: groupID) != after.coordinator(of: groupID)
            }
            for (groupID, group) in state.groups where hasMoved(groupID) {
                let actions = group.members.flatMap { group.failPendingRequests(of: $0, with: .notCoordinator) }
                state.perform(actions, for: groupID)
                state.groups[groupID] = group.generation > 0 ? GroupSnapshot(group).restored(now: now) : nil
            }
            for groupID in state.serverAssigned.keys where hasMoved(groupID) {
                state.serverAssigned[groupID]?.restoreSessions(now: now)
            }
        }
    }
}
