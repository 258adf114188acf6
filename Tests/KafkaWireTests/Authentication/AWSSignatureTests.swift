import Foundation
import HTTPWire
import Testing
import WireCore
import WireTestSupport

@testable import KafkaWire

/// Signatures of AWS's own packages: `Fixtures/aws/signatures.json`.
@Suite struct AWSSignatureTests {
    private struct Case {
        let region: String
        let host: String
        let now: WallTime
        let credentials: AWSCredentials
        let content: JSONObject

        init(_ object: JSONObject) throws {
            func text(_ name: String) throws -> String { try #require(object[name]?.stringValue) }
            region = try text("region")
            host = try text("host")
            now = WallTime(seconds: try #require(object["time"]?.integerValue), nanoseconds: 999_999_999)
            credentials = AWSCredentials(
                accessKeyID: try text("accessKeyID"), secretAccessKey: try text("secretAccessKey"),
                sessionToken: object["sessionToken"]?.stringValue)
            content = object
        }

        /// Names and values.
        static func pairs(_ value: JSONValue?) throws -> [String: String] {
            Dictionary(uniqueKeysWithValues: try #require(value?.arrayValue).map { pair in
                let texts = try #require(pair.arrayValue).map { try #require($0.stringValue) }
                return (texts[0], texts[1])
            })
        }
    }

    private static func cases() throws -> [Case] {
        let document = try JSONValue.parse(try Fixtures.bytes("aws/signatures.json")).objectValue
        return try #require(document?["cases"]?.arrayValue).map { try Case(try #require($0.objectValue)) }
    }

    private static func parameters(of query: Substring) throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try query.split(separator: "&").map { part in
            let pair = try part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { try #require(String($0).removingPercentEncoding) }
            return (pair[0], pair[1])
        })
    }

    @Test func tokenIsThatOfAWSsPackage() throws {
        for one in try Self.cases() {
            let token = AWSIAMTokens.token(region: one.region, credentials: one.credentials, now: one.now)
            let url = String(decoding: try #require(JSONWebToken.decode(Substring(token.value))), as: UTF8.self)
            let parts = url.split(separator: "?")
            let expected = try #require(one.content["oauth"]?.objectValue)
            #expect(String(parts[0]) == expected["base"]?.stringValue)
            #expect(token.expiresAtMilliseconds == expected["expires"]?.integerValue)
            var parameters = try Self.parameters(of: parts[1])
            var expectedParameters = try Case.pairs(expected["parameters"])
            // Not signed; the program's own.
            #expect(parameters.removeValue(forKey: "User-Agent") == "KafkaWire/1")
            expectedParameters["User-Agent"] = nil
            #expect(parameters == expectedParameters)
        }
    }

    @Test func messageForTheBrokerHasTheParametersOfASignedRequest() throws {
        for one in try Self.cases() {
            let message = AWSIAMSession.message(
                host: one.host, region: one.region, credentials: one.credentials, now: one.now)
            let object = try #require(try JSONValue.parse(message).objectValue)
            var members = Dictionary(uniqueKeysWithValues: object.members.map { ($0.name, $0.value.stringValue ?? "") })
            #expect(members.removeValue(forKey: "version") == "2020_10_22")
            #expect(members.removeValue(forKey: "host") == one.host)
            #expect(members.removeValue(forKey: "user-agent") == "KafkaWire/1")
            let expected = try Case.pairs(one.content["iam"]).map { ($0.key.lowercased(), $0.value) }
            #expect(members == Dictionary(uniqueKeysWithValues: expected))
        }
    }

    @Test func headersForSTSAreThoseOfAWSsPackage() throws {
        for one in try Self.cases() {
            let expected = try #require(one.content["sts"]?.objectValue)
            let signature = AWSSignature(credentials: one.credentials, region: one.region, service: "sts", now: one.now)
            let headers = signature.headers(
                host: "sts.\(one.region).amazonaws.com", contentType: try #require(expected["contentType"]?.stringValue),
                body: Array(try #require(expected["body"]?.stringValue).utf8))
            #expect(headers.last?.value == expected["authorization"]?.stringValue)
            #expect(headers.first?.value == expected["date"]?.stringValue)
            let token = one.credentials.sessionToken
            #expect(headers.contains { $0.value == token } == (token != nil))
        }
    }

    @Test func answerOfTheBrokerIsChecked() throws {
        func answer(_ text: String) throws -> [UInt8]? {
            var session = AWSIAMSession(message: [1])
            #expect(try session.initialResponse() == [1])
            return try session.response(to: Array(text.utf8))
        }
        #expect(try answer(#"{"version":"2020_10_22","request-id":"1"}"#) == nil)
        for text in ["", "{}", #"{"version":"2021","request-id":"1"}"#, #"{"version":"2020_10_22"}"#, "[", "\"x\""] {
            #expect(throws: SASLError.self) { try answer(text) }
        }
    }

    @Test(arguments: [
        ("b-1.demo.a1b2c3.c2.kafka.us-east-1.amazonaws.com", "us-east-1"),
        ("b-1.scram.demo.a1.c2.kafka.eu-west-3.amazonaws.com", "eu-west-3"),
        ("BOOT-x.c1.kafka-serverless.ap-southeast-2.amazonaws.com", "ap-southeast-2"),
        ("b-2.x.c4.kafka.cn-north-1.amazonaws.com.cn", "cn-north-1"), ("kafka.example.com", nil),
        ("amazonaws.com", nil), ("us-east-1.amazonaws.com", nil), ("a.kafka.us_east.amazonaws.com", nil), ("", nil),
        ("broker.us-east-1.amazonaws.com", nil), ("kafka.us-east-1.amazonaws", nil),
    ] as [(String, String?)])
    func regionIsInTheBrokersName(host: String, region: String?) { #expect(AWSRegion.inHost(host) == region) }

    @Test func timesAreReadAndWritten() {
        #expect(AWSTime.basic(WallTime(seconds: 1_709_251_199, nanoseconds: 5)) == "20240229T235959Z")
        #expect(AWSTime.milliseconds("2024-02-29T23:59:59Z") == 1_709_251_199_000)
        #expect(AWSTime.milliseconds("2024-02-29T23:59:59.123Z") == 1_709_251_199_000)
        for text in ["", "2024-02-29", "2024-02-29 23:59:59Z", "2024-13-29T23:59:59Z", "2024-02-29T23:59:5xZ", "2024-02-29T23:59:59+00:00"] {
            #expect(AWSTime.milliseconds(text) == nil)
        }
    }
}
