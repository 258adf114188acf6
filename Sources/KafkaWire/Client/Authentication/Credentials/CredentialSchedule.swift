/// Decides when a credential is used, retrieved and replaced: a machine without I/O and clock.
struct CredentialSchedule<Credential: ExpiringCredential> {
    enum Step: Equatable {
        case use(Credential)
        /// Use it, and retrieve its successor meanwhile.
        case useAndRefresh(Credential)
        /// No credential can be used before one is retrieved, by this caller.
        case retrieve
        /// Another caller retrieves one.
        case wait
    }

    private let refresh: OAuthTokenRefresh
    private var credential: Credential?
    private var endMilliseconds: Int64 = 0
    private var refreshAtMilliseconds: Int64 = 0
    private(set) var isRetrieving = false
    /// Why the last retrieval has failed, with the number of the attempt.
    private(set) var failure: (attempt: Int, error: SASLError)?
    private(set) var attempt = 0

    /// The pause after a failed replacement while the former credential can be used, as in Kafka's clients.
    private static var retryMilliseconds: Int64 { 10_000 }
    /// The time after which a credential that does not expire is retrieved again: its source may have changed.
    private static var rereadMilliseconds: Int64 { 300_000 }

    init(_ refresh: OAuthTokenRefresh) { self.refresh = refresh }

    mutating func next(nowMilliseconds now: Int64) -> Step {
        if let credential, now < endMilliseconds {
            guard now >= refreshAtMilliseconds, !isRetrieving else { return .use(credential) }
            begin()
            return .useAndRefresh(credential)
        }
        if isRetrieving { return .wait }
        begin()
        return .retrieve
    }

    private mutating func begin() {
        isRetrieving = true
        attempt += 1
    }

    /// - Parameter random: in 0 ... 1, for the jitter.
    mutating func retrieved(_ new: Credential, nowMilliseconds now: Int64, random: Double) {
        credential = new
        if let end = new.endMilliseconds {
            endMilliseconds = end
            refreshAtMilliseconds = refresh.time(
                from: new.issuedAtMilliseconds, to: end, nowMilliseconds: now, random: random)
        } else {
            endMilliseconds = .max
            refreshAtMilliseconds = now + Self.rereadMilliseconds
        }
        isRetrieving = false
        failure = nil
    }

    mutating func failed(_ error: SASLError, nowMilliseconds now: Int64) {
        refreshAtMilliseconds = now + Self.retryMilliseconds
        isRetrieving = false
        failure = (attempt, error)
    }
}
