import KafkaProtocol

/// A fault on request: which requests it matches, how often it applies to them, and what it does.
///
/// The names in parentheses are those of the fields in texts and JSON.
package struct Fault: Equatable, Sendable {
    // MARK: Which requests

    /// nil matches all. (`api`)
    package var apiKey: APIKey?
    /// nil matches all. (`version`)
    package var versions: ClosedRange<Int16>?
    /// The broker that received the request; nil matches all. (`node`)
    package var nodeID: Int32?
    /// nil matches all. (`client_id`)
    package var clientID: String?
    /// A request matches if one of its entries is selected. (`topic`, `partition`, `group`, `transactional_id`)
    package var entries = EntryFilter()

    // MARK: How often

    /// The number of requests that match before the fault applies. (`skip`)
    package var skip = 0
    /// To how many requests the fault applies; nil without a limit. (`count`)
    package var count: Int?
    /// The probability with which it applies to a request. (`probability`)
    package var probability = 1.0
    /// The seed of the random numbers for `probability`. (`seed`)
    package var seed: UInt64 = 0

    // MARK: What it does

    /// How long the request waits before it is handled. (`delay_ms`)
    package var delayMilliseconds = 0
    /// The response's throttle time, for which the connection is muted (KIP-219). (`throttle_time_ms`)
    package var throttleTimeMilliseconds: Int32 = 0
    /// The selected entries are not handled, and answered with this error. (`error`)
    package var error: KafkaErrorCode?
    /// The connection is closed before or after the request is handled, without an answer. (`disconnect`)
    package var disconnect: Interception.Moment?
    /// The request is never answered, and not handled (before) or handled (after). (`drop`)
    package var drop: Interception.Moment?
    /// The next node becomes the leader of the partitions that the selected entries name, before anything else is done
    /// with the request, or before it is answered. (`move_leader`)
    package var moveLeader: Interception.Moment?

    package init() {}

    /// What happens to a request to which the fault applies.
    func interception(of request: InterceptedRequest) -> Interception {
        var interception = Interception(outcome)
        if let moveLeader {
            interception.leaderMove = .init(moment: moveLeader, entries: leaderEntries(of: request))
        }
        interception.delayMilliseconds = delayMilliseconds
        interception.throttleTimeMilliseconds = throttleTimeMilliseconds
        return interception
    }

    private var outcome: Interception.Outcome {
        if let error { return .refuse(entries, error) }
        switch (disconnect, drop) {
        case (.before, _): return .disconnect
        case (.after, _): return .handleThenDisconnect
        case (_, .before): return .ignore
        case (_, .after): return .handleThenDropResponse
        case (nil, nil): return .handle
        }
    }

    /// Whether the fault is one for this request, apart from how often.
    func matches(_ request: InterceptedRequest) -> Bool {
        (apiKey == nil || apiKey == request.apiKey) && versions?.contains(request.version) != false
            && (nodeID == nil || nodeID == request.nodeID) && (clientID == nil || clientID == request.clientID)
            && matchesEntries(of: request)
    }

    /// What names the partitions whose leaders move.
    private func leaderEntries(of request: InterceptedRequest) -> [RequestEntry] {
        request.entries().filter(movesLeader).map { entry in
            guard entry.hasAllPartitions, let partition = entries.partition else { return entry }
            return RequestEntry(topic: entry.topic, partition: partition)
        }
    }

    private func matchesEntries(of request: InterceptedRequest) -> Bool {
        if moveLeader != nil { return request.entries().contains(where: movesLeader) }
        return entries.isAll || request.entries().contains(where: entries.contains)
    }

    /// Whether an entry is selected and about partitions.
    private func movesLeader(of entry: RequestEntry) -> Bool {
        entry.topic != nil && (entry.partition != nil || entry.hasAllPartitions) && entries.contains(entry)
    }
}
