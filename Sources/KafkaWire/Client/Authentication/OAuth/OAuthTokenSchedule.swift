/// Decides when a token is used, retrieved and replaced: a machine without I/O and clock.
struct OAuthTokenSchedule {
    enum Step: Equatable {
        case use(OAuthBearerToken)
        /// Use it, and retrieve its successor meanwhile.
        case useAndRefresh(OAuthBearerToken)
        /// No token can be used before one is retrieved, by this caller.
        case retrieve
        /// Another caller retrieves a token.
        case wait
    }

    private let refresh: OAuthTokenRefresh
    private var token: OAuthBearerToken?
    private var refreshAtMilliseconds: Int64 = 0
    private(set) var isRetrieving = false
    /// Why the last retrieval has failed, with the number of the attempt.
    private(set) var failure: (attempt: Int, error: SASLError)?
    private(set) var attempt = 0

    /// The pause after a failed replacement while the former token can be used, as in Kafka's clients.
    private static let retryMilliseconds: Int64 = 10_000

    init(_ refresh: OAuthTokenRefresh) { self.refresh = refresh }

    mutating func next(nowMilliseconds now: Int64) -> Step {
        if let token, now < token.expiresAtMilliseconds {
            guard now >= refreshAtMilliseconds, !isRetrieving else { return .use(token) }
            begin()
            return .useAndRefresh(token)
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
    mutating func retrieved(_ new: OAuthBearerToken, nowMilliseconds now: Int64, random: Double) {
        token = new
        refreshAtMilliseconds = refresh.time(for: new, nowMilliseconds: now, random: random)
        isRetrieving = false
        failure = nil
    }

    mutating func failed(_ error: SASLError, nowMilliseconds now: Int64) {
        refreshAtMilliseconds = now + Self.retryMilliseconds
        isRetrieving = false
        failure = (attempt, error)
    }
}
