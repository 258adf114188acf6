import ConnectData
import HTTPWire
import WireCore

/// Sends requests to the servers of a registry with credentials, retries and failover.
final class RegistryExchange {
    /// As it is named in messages.
    let urls: [HTTPURL]
    private let transport: any RegistryTransport
    private var machine: RegistryMachine
    private let authentication: RegistryAuthentication
    private let headers: [RegistryRequest.Header]

    /// - Parameters:
    ///   - urls: at least one.
    ///   - headers: sent with every request, over those of the request.
    init(
        urls: [HTTPURL], settings: RegistryMachine.Settings, authentication: RegistryAuthentication,
        headers: [RegistryRequest.Header] = [], firstServer: Int = 0, transport: any RegistryTransport
    ) {
        self.urls = urls
        self.transport = transport
        self.authentication = authentication
        self.headers = headers
        machine = RegistryMachine(settings: settings, serverCount: urls.count, firstServer: firstServer)
    }

    var now: MonotonicInstant { transport.now }

    /// Sends a request and returns the body of a successful answer.
    ///
    /// - Throws: `RegistryError` for any other answer, `RetriableError` if no server can be reached or all announce a
    ///   temporary failure, `DataError` if a request cannot be sent at all, `CancellationError` if the task is stopped.
    func send(_ request: RegistryRequest) throws -> [UInt8] {
        var reason = ""
        var last: Attempt?
        var action = machine.begin()
        do {
            while true {
                switch action {
                case .send(let server):
                    let attempt = try attempt(request, urls[server])
                    last = attempt
                    let outcome: RegistryMachine.Outcome
                    switch attempt {
                    case .answered(let response):
                        reason = "\(urls[server]): \(RegistryError(response).message)"
                        outcome = .answered(status: response.status)
                    case .failed(let message, let isRetriable):
                        reason = message
                        outcome = .failed(isRetriable: isRetriable)
                    }
                    action = machine.ended(outcome, random: transport.random())
                case .pause(let milliseconds):
                    try transport.pause(milliseconds: milliseconds)
                    action = machine.pauseEnded()
                case .finish:
                    switch last {
                    case .answered(let response) where response.isSuccess: return response.body
                    case .answered(let response): throw RegistryError(response)
                    case .failed(let message, _): throw DataError("The schema registry cannot be used: \(message)")
                    case nil: preconditionFailure("a request is sent before it is finished")
                    }
                case .unavailable:
                    throw RetriableError(ConnectError("The schema registry does not answer: \(reason)"))
                }
            }
        } catch {
            machine.cancel()
            throw error
        }
    }

    private enum Attempt {
        case answered(RegistryResponse)
        case failed(String, isRetriable: Bool)
    }

    private func attempt(_ request: RegistryRequest, _ url: HTTPURL) throws -> Attempt {
        var request = request
        for header in headers {
            request.headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
            request.headers.append(header)
        }
        var sent = request.request(to: url)
        do throws(OAuthError) {
            try authentication.apply(to: &sent, transport)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            return .failed("\(error)", isRetriable: error.isRetriable)
        }
        do throws(HTTPClientError) {
            let response = try transport.send(sent)
            // A success as it is: it is not shown.
            if response.isSuccess { return .answered(response) }
            let redaction = CredentialRedaction(sent, others: headers.map(\.value))
            return .answered(RegistryResponse(status: response.status, body: redaction.applied(to: response.body)))
        } catch .cancelled {
            throw CancellationError()
        } catch {
            return .failed("\(url): \(error)", isRetriable: error.isRetriable)
        }
    }
}
