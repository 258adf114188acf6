import BinlogSource
import ConnectData
import Foundation
import Testing

@testable import ConnectRuntime
@testable import cdcd

/// A name that the code reads from a configuration is declared as an option.
@Suite struct ConfigurationNamesTests {
    private static var declaredNames: Set<String> {
        var names = Set(ConnectorOptions.groups.flatMap(\.options).map(\.name))
        names.formUnion(WorkerOptions.all.options.map(\.key.name))
        for role in KafkaClientProperties.Role.allCases {
            names.formUnion(KafkaClientProperties.of(role).options.options.map(\.key.name))
        }
        let framework = ConnectorProperties(plugins: Plugins.registry)
        for kind in ConnectorKind.allCases {
            names.formUnion(framework.definition(of: kind, connectorVersion: "").keys.map(\.name))
        }
        for kind in PluginKind.allCases {
            for plugin in Plugins.registry.plugins(kind) {
                names.formUnion(plugin.properties(for: [:]).definition.keys.map(\.name))
            }
        }
        return names
    }

    /// The literal names by which a text subscripts a configuration.
    private static func names(in text: String) -> [String] {
        text.matches(of: /(?i)(?:configuration|config|properties|connector)\["([^"\\]+)"\]/).map { String($0.output.1) }
    }

    @Test func readNamesAreFound() {
        #expect(Self.names(in: #"let a = configuration["no.such.option"]"#) == ["no.such.option"])
        #expect(!Self.declaredNames.contains("no.such.option"))
    }

    @Test func everyNameReadFromAConfigurationIsDeclared() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/cdcd")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        let declared = Self.declaredNames
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let names = Self.names(in: try String(contentsOf: file, encoding: .utf8))
            count += names.count
            let undeclared = names.filter { !declared.contains($0) }
            #expect(undeclared == [], "\(file.lastPathComponent)")
        }
        #expect(count > 5)
    }
}
