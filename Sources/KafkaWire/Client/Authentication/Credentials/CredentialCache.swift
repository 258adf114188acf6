import WireCore
import WireStreams

/// The credential that all connections of a client share. Thread-safe.
final class CredentialCache<Credential: ExpiringCredential>: Sendable {
    private let retrieval: @Sendable () throws(SASLError) -> Credential
    private let schedule: Monitor<CredentialSchedule<Credential>>

    /// The maximum time that a connection waits for a new credential while the former one can still be used.
    private static var refreshWaitMilliseconds: Int { 1000 }

    /// - Parameter retrieval: may block; called on one thread at a time.
    init(_ refresh: OAuthTokenRefresh, _ retrieval: @escaping @Sendable () throws(SASLError) -> Credential) {
        self.retrieval = retrieval
        schedule = Monitor(CredentialSchedule(refresh))
    }

    /// A credential that has not expired. Blocks only if there is none; a thread of its own replaces it.
    func credential() throws(SASLError) -> Credential {
        while true {
            let (step, attempt) = schedule.withLock { schedule in
                (schedule.next(nowMilliseconds: WallTime.now.epochMilliseconds), schedule.attempt)
            }
            switch step {
            case .use(let credential): return credential
            case .useAndRefresh(let former):
                startThread(named: "credential-refresh") { [self] in
                    do throws(SASLError) { _ = try retrieve() } catch { /* Repeated while the former one is valid. */ }
                }
                // If the new one arrives soon, the session with it lasts longer.
                let deadline = MonotonicInstant.now.advanced(byMilliseconds: Self.refreshWaitMilliseconds)
                let isDone = schedule.wait(until: deadline) { $0.isRetrieving ? nil : true } ?? false
                guard isDone else { return former }
            case .retrieve: return try retrieve()
            case .wait:
                _ = schedule.wait { $0.isRetrieving ? nil : true }
                if let failure = schedule.withLock({ $0.failure }), failure.attempt == attempt { throw failure.error }
            }
        }
    }

    private func retrieve() throws(SASLError) -> Credential {
        do throws(SASLError) {
            let credential = try retrieval()
            let random = Double.random(in: 0...1)
            schedule.update { schedule in
                schedule.retrieved(credential, nowMilliseconds: WallTime.now.epochMilliseconds, random: random)
            }
            return credential
        } catch {
            schedule.update { $0.failed(error, nowMilliseconds: WallTime.now.epochMilliseconds) }
            throw error
        }
    }
}

extension CredentialCache<AWSCredentials> {
    /// The credentials of a provider, which are replaced by the same rules as tokens.
    convenience init(_ provider: any AWSCredentialsProvider) {
        self.init(OAuthTokenRefresh()) { () throws(SASLError) in try provider.retrieveCredentials() }
    }
}
