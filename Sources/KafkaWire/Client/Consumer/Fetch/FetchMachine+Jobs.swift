import KafkaProtocol
import WireCore

extension FetchMachine {
    /// The next job that can begin now.
    mutating func nextJob(now: MonotonicInstant, exceptFetchesFrom excluded: Set<Int32> = []) -> FetchJob? {
        guard !partitions.isEmpty else { return nil }
        if let job = metadataJob(now) ?? committedJob(now) { return job }
        var work: [Int32: [TopicPartition]] = [:]
        for (partition, state) in partitions where !state.isBusy && isDue(state, now) {
            if let broker = broker(for: state, now) { work[broker, default: []].append(partition) }
        }
        for (broker, partitions) in work.sorted(by: { $0.key < $1.key }) {
            let state = brokers[broker] ?? Broker()
            guard state.retry.isDue(now) else { continue }
            let isFetching = !state.isFetching && !excluded.contains(broker)
            if let job = job(broker, partitions, asks: !state.isAsked, fetches: isFetching) { return job }
        }
        return nil
    }

    /// The earliest time at which `nextJob` may return a job without another event.
    func nextTime(now: MonotonicInstant) -> MonotonicInstant? {
        guard !partitions.isEmpty else { return nil }
        var times: [MonotonicInstant?] = [metadataExpiry, coordinator.at]
        if needsMetadata { times.append(metadata.at) }
        times += brokers.values.map(\.retry.at) + partitions.values.map(\.retryAt)
        return times.compactMap { $0 }.filter { $0 > now }.min()
    }

    private func isDue(_ state: PartitionState, _ now: MonotonicInstant) -> Bool {
        state.retryAt.map { $0 <= now } ?? true
    }

    /// The broker that has something to answer about a partition.
    private func broker(for state: PartitionState, _ now: MonotonicInstant) -> Int32? {
        guard !state.needsMetadata else { return nil }
        switch state.phase {
        case .committed, .halted: return nil
        case .reset, .validation: return state.leader
        case .fetching:
            guard !state.isPaused, state.bufferedBytes < settings.maxPartitionBytes,
                bufferedBytes < settings.maxBytes
            else { return nil }
            return state.source(now: now)
        }
    }

    var needsMetadata: Bool {
        metadataExpiry == nil || partitions.values.contains { $0.needsMetadata }
    }

    private mutating func metadataJob(_ now: MonotonicInstant) -> FetchJob? {
        let isExpired = metadataExpiry.map { $0 <= now } ?? true
        guard !isMetadataBusy, metadata.isDue(now), isExpired || needsMetadata else { return nil }
        isMetadataBusy = true
        discoveryStart = discoveryStart ?? now
        return .metadata(Set(partitions.keys.map(\.topic)).sorted())
    }

    /// Whether `nextJob` has something to do.
    func hasJob(now: MonotonicInstant) -> Bool {
        guard !partitions.isEmpty else { return false }
        let canAskForMetadata = !isMetadataBusy && metadata.isDue(now)
        if canAskForMetadata, metadataExpiry.map({ $0 <= now }) ?? true { return true }
        let canAskCoordinator = !isCoordinatorBusy && coordinator.isDue(now)
        return partitions.values.contains { state in
            if canAskForMetadata, state.needsMetadata { return true }
            guard !state.isBusy else { return false }
            if canAskCoordinator, state.phase == .committed { return true }
            guard isDue(state, now), let id = broker(for: state, now) else { return false }
            guard let broker = brokers[id] else { return true }
            return broker.retry.isDue(now) && !(state.phase == .fetching ? broker.isFetching : broker.isAsked)
        }
    }

    private mutating func committedJob(_ now: MonotonicInstant) -> FetchJob? {
        guard !isCoordinatorBusy, coordinator.isDue(now) else { return nil }
        let wanted = partitions.lazy.filter { $0.value.phase == .committed && !$0.value.isBusy }.map(\.key).sorted()
        guard !wanted.isEmpty else { return nil }
        guard settings.usesCommittedOffsets else {
            for partition in wanted { resolve(partition) { $0.committed(nil, nil, partition) } }
            return nil
        }
        isCoordinatorBusy = true
        for partition in wanted { partitions[partition]?.isBusy = true }
        return .committed(wanted)
    }

    /// Positions come before records.
    private mutating func job(
        _ broker: Int32, _ names: [TopicPartition], asks isAsking: Bool, fetches isFetching: Bool
    ) -> FetchJob? {
        var work = FetchWork()
        for name in names {
            guard let state = partitions[name] else { continue }
            work.add(name, state, bytesMax: settings.maxPartitionBytes)
        }
        if isAsking, let job = work.positions(from: broker) {
            brokers[broker, default: Broker()].isAsked = true
            for name in work.askedPartitions { partitions[name]?.isBusy = true }
            return job
        }
        guard isFetching, !work.fetches.isEmpty else { return nil }
        brokers[broker, default: Broker()].isFetching = true
        let states = partitions
        // Those that have returned records last come last.
        let request = brokers[broker, default: Broker()].session.request(work.fetches) {
            (states[$0]?.turn ?? 0, $0) < (states[$1]?.turn ?? 0, $1)
        }
        let session = brokers[broker]?.session.partitions ?? [:]
        return .fetch(FetchRequestPlan(broker: broker, request: request, partitions: session))
    }

    /// The requests that close the fetch sessions.
    mutating func closingRequests() -> [FetchRequestPlan] {
        let open = brokers.filter { $0.value.session.isOpen && !$0.value.isFetching }
        brokers = [:]
        return open.map { id, broker in
            FetchRequestPlan(broker: id, request: broker.session.closingRequest(), partitions: [:])
        }
    }
}
