import ConnectData
import ConnectPlugins
import PluginTestSupport
import Testing
import WireTestSupport

@Suite struct ConfigProvidersTests {
    private let directory: TemporaryDirectory
    private let providers: ConfigProviders

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(Array("user=dora\nnested=${file:x:y}\nempty=\n".utf8), to: "p")
        var settings = ConfigProviders.Settings()
        settings.names = ["file", "without-class"]
        settings.properties = ["file.class": "FileConfigProvider", "file.param.allowed.paths": directory.path]
        providers = try ConfigProviders(settings, plugins: TestPlugins.registry)
    }

    private func resolved(_ text: String) throws -> String? { try providers.resolve(["x": text]).properties["x"] }

    @Test func variablesAreReplacedOnce() throws {
        let path = "\(directory.path)/p"
        #expect(try resolved("a-${file:\(path):user}-${file:\(path):empty}-${file:\(path):user}!") == "a-dora--dora!")
        #expect(try resolved("${file:\(path):nested}") == "${file:x:y}")
        #expect(try resolved("no variable $ {} ${} ${x}") == "no variable $ {} ${} ${x}")
    }

    @Test func variablesWithoutValueStay() throws {
        for text in [
            "${file:\(directory.path)/p:none}", "${file:user}", "${file:/etc/passwd:root}",
            "${other:\(directory.path)/p:user}",
            "${without-class:a:b}",
        ] {
            #expect(try resolved(text) == text)
        }
    }

    @Test func valuesAndPropertiesThatHaveThemAreReported() throws {
        let variable = "${file:\(directory.path)/p:user}"
        let values = try providers.resolve(["x": "<\(variable)>", "y": "z"]).values
        #expect(values.map(\.value).sorted() == ["<dora>", "dora"])
        #expect(values.map(\.variable).sorted() == [variable, "<\(variable)>"].sorted())
    }

    @Test func errorOfAProviderEndsTheResolution() {
        let path = "\(directory.path)/none"
        #expect(throws: ConnectError("Could not read properties from file \(path)")) {
            try resolved("${file:\(path):user}")
        }
    }

    @Test func wrongParametersAreNamedInFull() {
        for (property, value) in [("file.class", "a.B"), ("file.param.allowed.paths", "relative")] {
            var settings = ConfigProviders.Settings()
            settings.names = ["file"]
            settings.properties = ["file.class": "FileConfigProvider"].merging([property: value]) { $1 }
            let error = #expect(throws: ConfigError.self) {
                try ConfigProviders(settings, plugins: TestPlugins.registry)
            }
            #expect(error?.name == "config.providers.\(property)")
        }
    }

    @Test func referencesAreFoundAsByConnect() {
        let (variables, texts) = ConfigVariable.parts(of: "${a}${b:c}-${d:e:f:g} ${x ${h::i}")
        let parts = variables.map { [$0.provider, $0.path, $0.key] }
        #expect(parts == [["b", "", "c"], ["d", "e", "f:g"], ["x ${h", "", "i"]])
        #expect(texts == ["${a}", "-", " ", ""])
        #expect(!ConfigVariable.exists(in: "${a} $b:c"))
    }
}
