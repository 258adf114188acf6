import ConnectData
import Testing
import WireCore
import WireTestSupport

@Suite struct SSLPropertiesTests {
    /// Combinations of location, password, key and certificates, as kafka-clients accepts or refuses them.
    @Test func storePropertiesAreCombinedAsByKafka() throws {
        let lines = try Fixtures.text("java/ssl-stores.txt").split(separator: "\n")
        #expect(lines.count == 72)
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let store = "ssl.\(fields[0])store."
            var properties = ["producer.\(store)type": fields[1]]
            if fields[2].contains("l") { properties["producer.\(store)location"] = "/missing" }
            if fields[2].contains("p") { properties["producer.\(store)password"] = "p" }
            if fields[2].contains("k") { properties["producer.\(store)key"] = "p" }
            let certificates = fields[0] == "key" ? "certificate.chain" : "certificates"
            if fields[2].contains("c") { properties["producer.\(store)\(certificates)"] = "p" }
            do throws(ConfigError) {
                _ = try SSLProperties(properties, prefix: "producer.")
                #expect(fields[3] == "-", "\(line)")
            } catch {
                #expect(error.message == fields[3], "\(line)")
                #expect(properties[error.name] != nil, "\(error.name) is not given")
            }
        }
    }

    @Test func propertiesAreParsedIntoPlainData() throws {
        let found = try SSLProperties([
            "ssl.truststore.location": "/t.jks", "ssl.truststore.password": "trust-secret",
            "ssl.keystore.type": "pem", "ssl.keystore.key": "key-secret", "ssl.keystore.certificate.chain": "chain",
            "ssl.key.password": "password-secret", "ssl.enabled.protocols": "TLSv1.3",
            "ssl.cipher.suites": "TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256",
            "ssl.endpoint.identification.algorithm": "",
        ])
        #expect(found.settings.trustStore == .file(path: "/t.jks", type: .jks, password: "trust-secret"))
        #expect(found.settings.keyStore == .inline(certificateChain: "chain", privateKey: "key-secret"))
        #expect(found.settings.keyPassword == "password-secret" && found.settings.enabledProtocols == ["TLSv1.3"])
        #expect(found.settings.cipherSuites == ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"])
        #expect(!found.settings.verifiesHostName)
        var dumped = "\(found)\(String(reflecting: found))"
        dump(found, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test func defaultsEqualKafkas() throws {
        let found = try SSLProperties([:])
        #expect(found.settings.trustStore == nil && found.settings.keyStore == nil && found.settings.verifiesHostName)
        #expect(found.settings.enabledProtocols == ["TLSv1.2", "TLSv1.3"] && found.settings.cipherSuites.isEmpty)
    }

    @Test(arguments: [
        ("ssl.truststore.type", "BKS"), ("ssl.endpoint.identification.algorithm", "ldap"),
        ("ssl.engine.factory.class", "a.B"), ("ssl.protocol", "TLSv1.1"),
    ])
    func unsupportedValuesAreRefusedByName(_ name: String, _ value: String) {
        let error = #expect(throws: ConfigError.self) { try SSLProperties([name: value]) }
        #expect(error?.name == name)
    }
}
