import HTTPWire
import KafkaWire
import WireCore

extension FuzzTarget {
    /// A broker's messages in SCRAM: what follows the client's nonce in the first message, a zero byte, and
    /// the second message.
    static let scramMessages = FuzzTarget("scram-messages") {
        [
            "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096\0v=6rriTRBi23WpRR/wtup+mMhUZUn/d",
            "x,s=QQ==,i=4096,y=\0e=other-error", ",s=QQ==,i=4096\0",
        ].map { Array($0.utf8) }
    } decode: { input in
        let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let broker = SocketAddress(host: "broker", port: 9092)
        // A million iterations, the most that is accepted, take seconds with the sanitizer.
        let isSlow = parts[0].split(separator: UInt8(ascii: ",")).contains { field in
            field.starts(with: "i=".utf8)
                && (10_000...1_000_000).contains(Int(String(decoding: field.dropFirst(2), as: UTF8.self)) ?? 0)
        }
        guard !isSlow else { return }
        for hash in [SCRAMMechanism.HashFunction.sha256, .sha512] {
            var session = try SCRAMMechanism(hash, username: "user", password: "pencil").makeSession(broker: broker)
            let first = String(decoding: try session.initialResponse(), as: UTF8.self)
            let nonce = first.split(separator: "r=").last ?? ""
            _ = try session.response(to: Array("r=\(nonce)".utf8) + parts[0])
            if parts.count > 1 { _ = try session.response(to: Array(parts[1])) }
        }
    }

    /// Answers of a token endpoint and the claims of their tokens. The first byte selects the status.
    static let tokenAnswers = FuzzTarget("token-answers") {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxLjcwMDAwMzYwNUU5LCJzY29wZSI6WyJhIl19."
        return [
            (0, #"{"access_token":"\#(token)","expires_in":300}"#), (0, #"{"id_token":"\#(token)"}"#),
            (1, #"{"error":"invalid_client","error_description":"secret is wrong"}"#),
            (2, #"{"errorCode":"E1","errorSummary":"x"}"#),
        ].map { [UInt8($0.0)] + Array($0.1.utf8) }
    } decode: { input in
        guard let first = input.first, let endpoint = HTTPURL("http://idp/token") else { return }
        let statuses = [200, 401, 503, 201, 302]
        let request = OAuthTokenRequest(
            endpoint: endpoint,
            grant: .clientCredentials(.header(id: "id", secret: Secret("hunter2"), isEncoded: true)))
        let body = Array(input.dropFirst())
        do {
            let response = try OAuthTokenResponse(
                to: request, status: statuses[Int(first) % statuses.count], body: body)
            _ = try OAuthBearerToken(jwt: response.accessToken.text)
        } catch {
            precondition(!"\(error)".contains("hunter2"), "an error shows the secret")
            throw error
        }
    }
}
