import ConnectData
import Testing

@testable import ConnectPlugins

@Suite struct EnvVarConfigProviderTests {
    private let environment = ["DB_USER": "dora", "DB_PASSWORD": "a=b", "HOME": "/root"]

    @Test func variablesAreRead() throws {
        let provider = try EnvVarConfigProvider([:], environment: environment)
        #expect(try provider.values(path: "", keys: ["DB_PASSWORD", "NONE"]) == ["DB_PASSWORD": "a=b"])
        #expect(try provider.values(path: "", keys: nil) == environment)
    }

    @Test func patternMatchesWholeNames() throws {
        let provider = try EnvVarConfigProvider(["allowlist.pattern": "DB_|HOM"], environment: environment)
        #expect(try provider.values(path: "", keys: nil) == [:])
        let other = try EnvVarConfigProvider(["allowlist.pattern": "DB_.*"], environment: environment)
        #expect(try other.values(path: "", keys: ["DB_USER", "HOME"]) == ["DB_USER": "dora"])
        #expect(throws: ConfigError.self) { try EnvVarConfigProvider(["allowlist.pattern": "("], environment: [:]) }
    }

    @Test func pathIsRefused() throws {
        let provider = try EnvVarConfigProvider([:], environment: environment)
        #expect(throws: ConnectError("Path is not supported for EnvVarConfigProvider, invalid value 'p'")) {
            try provider.values(path: "p", keys: ["HOME"])
        }
    }
}
