import Foundation
import Testing
import WireCore
import WireTestSupport

@testable import KafkaWire

@Suite struct OAuthBearerTokenTests {
    private static func jwt(_ claims: String, header: String = #"{"alg":"none"}"#, signature: String = "") -> String {
        "\(JSONWebToken.encode(Array(header.utf8))).\(JSONWebToken.encode(Array(claims.utf8))).\(signature)"
    }

    private static func reason(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "accepted"
    }

    @Test func claimsAreRead() throws {
        let text = Self.jwt(#"{"sub":"me","iat":1700000000,"exp":1.7000036005E9,"scope":["a","b"]}"#, signature: "c2ln")
        let token = try OAuthBearerToken(jwt: text)
        #expect(
            token == OAuthBearerToken(
                value: text, principalName: "me", issuedAtMilliseconds: 1_700_000_000_000,
                expiresAtMilliseconds: 1_700_003_600_500))
        let other = Self.jwt(#"{"client_id":"me","exp":1}"#)
        let names = JSONWebToken.ClaimNames(subject: "client_id", scope: "scp")
        #expect(try OAuthBearerToken(jwt: other, names).issuedAtMilliseconds == nil)
    }

    /// As in Kafka's `ClientJwtValidator`.
    @Test(arguments: [
        (#"{"sub":"me"}"#, "exp"), (#"{"sub":"me","exp":"1"}"#, "exp"), (#"{"sub":"me","exp":-1}"#, "exp"),
        (#"{"sub":"me","exp":9223372036854775807}"#, "exp"), (#"{"sub":"me","exp":1e300}"#, "exp"),
        (#"{"exp":1}"#, "sub"), (#"{"sub":" ","exp":1}"#, "sub"), (#"{"sub":1,"exp":1}"#, "sub"),
        (#"{"sub":"me","exp":1,"iat":"x"}"#, "iat"), (#"{"sub":"me","exp":1,"scope":["a","a"]}"#, "scope"),
        (#"{"sub":"me","exp":1,"scope":[1]}"#, "scope"), ("[]", "not a JWT"), ("", "not a JWT"),
    ])
    func invalidClaimsAreNamed(claims: String, expected: String) {
        let reason = Self.reason { _ = try OAuthBearerToken(jwt: Self.jwt(claims)) }
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test(arguments: ["", "opaque", "a.b", "..", "a.b.c.d", "e30.!!!.", ".e30.", "e30.e30"])
    func textsThatAreNotJWTsAreRefusedWithoutShowingThem(text: String) {
        let reason = Self.reason { _ = try OAuthBearerToken(jwt: text) }
        #expect(reason.contains("not a JWT") || reason.contains("exp"), "\(reason)")
    }

    @Test func randomDamageNeverTraps() {
        let token = Self.jwt(#"{"sub":"me","iat":1700000000,"exp":1.70000360E9,"scope":["a"]}"#, signature: "c2ln")
        survivesMutation(of: Array(token.utf8), rounds: 1000, seed: 5) { bytes in
            _ = try OAuthBearerToken(jwt: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func descriptionsShowNoToken() throws {
        let token = OAuthBearerToken(value: "hunter2", principalName: "me", expiresAtMilliseconds: 1)
        var dumped = ""
        dump(try OAuthBearerMechanism(UnsecuredTokens(options: ["unsecuredLoginStringClaim_sub": "hunter2"])), to: &dumped)
        dump(token, to: &dumped)
        dump(OAuthBearerSession(token: "hunter2"), to: &dumped)
        #expect(!"\(dumped)\(token)".contains("hunter2"))
    }

    // MARK: Times

    @Test func refreshTimesAreThoseOfJavasClient() throws {
        for fields in try JavaSASLValues.lines("refresh") {
            let now = try #require(Int64(fields[0]))
            var refresh = OAuthTokenRefresh()
            refresh.windowFactor = try #require(Double(fields[3]))
            refresh.windowJitter = 0
            refresh.minPeriodSeconds = try #require(Int64(fields[4]))
            refresh.bufferSeconds = try #require(Int64(fields[5]))
            let end = try #require(Int64(fields[2]))
            let time = refresh.time(from: Int64(fields[1]), to: end, nowMilliseconds: now, random: 0.5)
            #expect(time == Int64(fields[6]), "\(fields)")
        }
    }

    @Test func jitterIsAddedToTheFactor() {
        let refresh = OAuthTokenRefresh()
        #expect(refresh.time(from: 0, to: 10_000_000, nowMilliseconds: 0, random: 0) == 8_000_000)
        #expect(refresh.time(from: 0, to: 10_000_000, nowMilliseconds: 0, random: 1) == 8_500_000)
    }

    private static func token(_ name: String, until end: Int64) -> OAuthBearerToken {
        OAuthBearerToken(value: name, principalName: name, issuedAtMilliseconds: 0, expiresAtMilliseconds: end)
    }

    @Test func tokenIsReplacedWhileItIsUsed() {
        var schedule = CredentialSchedule<OAuthBearerToken>(OAuthTokenRefresh())
        #expect(schedule.next(nowMilliseconds: 0) == .retrieve)
        #expect(schedule.next(nowMilliseconds: 1) == .wait)
        let first = Self.token("first", until: 1_000_000)
        schedule.retrieved(first, nowMilliseconds: 2, random: 0)
        // 0.8 of its lifetime, but at least the buffer before its end.
        #expect(schedule.next(nowMilliseconds: 699_999) == .use(first))
        #expect(schedule.next(nowMilliseconds: 700_000) == .useAndRefresh(first))
        #expect(schedule.next(nowMilliseconds: 700_001) == .use(first))
        schedule.failed(SASLError("x"), nowMilliseconds: 710_000)
        #expect(schedule.next(nowMilliseconds: 719_999) == .use(first))
        #expect(schedule.next(nowMilliseconds: 720_000) == .useAndRefresh(first))
        // It has expired meanwhile.
        #expect(schedule.next(nowMilliseconds: 1_000_000) == .wait)
        schedule.failed(SASLError("x"), nowMilliseconds: 1_000_001)
        #expect(schedule.next(nowMilliseconds: 1_000_002) == .retrieve)
        let second = Self.token("second", until: 3_000_000)
        schedule.retrieved(second, nowMilliseconds: 1_000_003, random: 0)
        #expect(schedule.next(nowMilliseconds: 1_000_004) == .use(second))
    }

    // MARK: Sources

    @Test func unsecuredTokensHaveTheConfiguredClaims() throws {
        let tokens = try UnsecuredTokens(options: [
            "unsecuredLoginStringClaim_user": "me", "unsecuredLoginNumberClaim_n": "1.5",
            "unsecuredLoginListClaim_scope": "|a|b", "unsecuredLoginExtension_traceId": "123",
            "unsecuredLoginPrincipalClaimName": "user", "unsecuredLoginLifetimeSeconds": "60", "other": "x",
        ])
        let token = try tokens.token(nowMilliseconds: 1_700_000_000_999)
        #expect(token.principalName == "me" && token.expiresAtMilliseconds == 1_700_000_060_000)
        #expect(tokens.extensions == ["traceId": "123"])
        let parts = token.value.split(separator: ".", omittingEmptySubsequences: false)
        let claims = try JSONValue.parse(try #require(JSONWebToken.decode(parts[1])))
        let expected = #"{"exp":1700000060,"iat":1700000000,"scope":["a","b"],"n":1.5,"user":"me"}"#
        #expect(parts[2].isEmpty)
        #expect(try claims == JSONValue.parse(expected))
    }

    @Test(arguments: [
        [:], ["unsecuredLoginStringClaim_exp": "1"], ["unsecuredLoginNumberClaim_n": "x"],
        ["unsecuredLoginStringClaim_sub": "x", "unsecuredLoginLifetimeSeconds": "0"],
        ["unsecuredLoginStringClaim_sub": "x", "unsecuredLoginLifetimeSeconds": "9223372036854775807"],
        ["unsecuredLoginStringClaim_sub": "x", "unsecuredLoginListClaim_scope": "|a|a"],
    ] as [[String: String]])
    func invalidOptionsOfUnsecuredTokensAreRefused(options: [String: String]) {
        #expect(throws: SASLError.self) { try UnsecuredTokens(options: options) }
    }

    @Test func tokenFileIsReadForEachToken() throws {
        let folder = try TemporaryDirectory()
        let file = URL(filePath: folder.path + "/token")
        let tokens = OAuthTokenFile(path: file.path)
        #expect(throws: SASLError.self) { try tokens.retrieveToken() }
        for name in ["one", "two"] {
            try Data(("\n " + Self.jwt(#"{"sub":"\#(name)","exp":1}"#) + "\n").utf8).write(to: file)
            #expect(try tokens.retrieveToken().principalName == name)
        }
        try Data("opaque-token".utf8).write(to: file)
        let reason = Self.reason { _ = try tokens.retrieveToken() }
        #expect(reason.contains(file.path) && !reason.contains("opaque-token"), "\(reason)")
    }
}
