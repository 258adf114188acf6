import WireCore
import WireStreams

/// The token that all connections of a client share. Thread-safe.
final class OAuthTokenCache: Sendable {
    private let provider: any OAuthTokenProvider
    private let schedule: Monitor<OAuthTokenSchedule>

    /// The maximum time that a connection waits for a new token while the former one can still be used.
    private static let refreshWaitMilliseconds = 1000

    init(_ provider: any OAuthTokenProvider, _ refresh: OAuthTokenRefresh) {
        self.provider = provider
        schedule = Monitor(OAuthTokenSchedule(refresh))
    }

    /// A token that has not expired. Blocks only if there is none; it is replaced by a thread of its own.
    func token() throws(SASLError) -> OAuthBearerToken {
        while true {
            let (step, attempt) = schedule.withLock { schedule in
                (schedule.next(nowMilliseconds: WallTime.now.epochMilliseconds), schedule.attempt)
            }
            switch step {
            case .use(let token): return token
            case .useAndRefresh(let former):
                startThread(named: "oauth-refresh") { [self] in
                    do throws(SASLError) { _ = try retrieve() } catch { /* It is repeated while the token is valid. */ }
                }
                // If the new token arrives soon, the session with it lasts longer.
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

    private func retrieve() throws(SASLError) -> OAuthBearerToken {
        do throws(SASLError) {
            let token = try provider.retrieveToken()
            let random = Double.random(in: 0...1)
            schedule.update { schedule in
                schedule.retrieved(token, nowMilliseconds: WallTime.now.epochMilliseconds, random: random)
            }
            return token
        } catch {
            schedule.update { $0.failed(error, nowMilliseconds: WallTime.now.epochMilliseconds) }
            throw error
        }
    }
}
