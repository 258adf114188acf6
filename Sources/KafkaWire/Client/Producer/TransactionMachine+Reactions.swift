import KafkaProtocol

extension TransactionMachine {
    /// What an error code in a coordinator's response means.
    enum Reaction: Equatable {
        /// The same request may succeed later.
        case retry
        /// The transaction must be aborted.
        case abort
        /// The same; and the epoch must be raised, since the coordinator has lost the producer's state.
        case abortInNewEpoch
        /// The producer cannot continue: a newer one has the transactional id, or it may not be used.
        case fail
    }

    static func reaction(to code: KafkaErrorCode, _ request: CoordinatorRequest) -> Reaction {
        switch code {
        case .producerFenced, .invalidProducerEpoch, .transactionalIDAuthorizationFailed: return .fail
        case .notCoordinator, .coordinatorNotAvailable, .coordinatorLoadInProgress, .concurrentTransactions:
            return .retry
        default: break
        }
        switch request {
        case .initProducerID: return code.isRetriable ? .retry : .fail
        case .end:
            if code == .transactionAbortable { return .abort }
            return reactionToLostState(code) ?? (code.isRetriable ? .retry : .fail)
        case .addPartitions:
            if code == .invalidTxnState { return .fail }
            return reactionToLostState(code) ?? (code.isRetriable ? .retry : .abort)
        case .addOffsets: return reactionToLostState(code) ?? groupReaction(to: code)
        case .commitOffsets: return groupReaction(to: code)
        }
    }

    private static func reactionToLostState(_ code: KafkaErrorCode) -> Reaction? {
        switch code {
        case .unknownProducerID, .invalidProducerIDMapping: .abortInNewEpoch
        default: nil
        }
    }

    private static func groupReaction(to code: KafkaErrorCode) -> Reaction {
        switch code {
        case .transactionAbortable, .groupAuthorizationFailed, .topicAuthorizationFailed, .fencedInstanceID,
            .illegalGeneration, .unknownMemberID, .staleMemberEpoch:
            .abort
        default: code.isRetriable ? .retry : .fail
        }
    }
}
