import Foundation
import Testing

/// Which modules may import which.
@Suite struct BoundaryTests {
    private static let sources = Repository.files(in: "Sources")

    /// Which of our modules each folder may import.
    private static let allowedImports: [(folder: String, modules: Set<String>)] = [
        ("Sources/WireCore/", ["CChecksums", "CZlib"]),
        ("Sources/WireStreams/", ["WireCore", "COpenSSL"]),
        ("Sources/HTTPWire/", ["WireCore", "WireStreams"]),
        ("Sources/MySQLWire/", ["WireCore", "WireStreams"]),
        ("Sources/KafkaWire/Protocol/", ["WireCore"]),
        ("Sources/KafkaWire/Client/", ["KafkaProtocol", "HTTPWire", "WireCore", "WireStreams"]),
        ("Sources/KafkaWire/Broker/", ["KafkaProtocol", "WireCore", "WireStreams"]),
        ("Sources/cdcd/ConnectData/", ["WireCore"]),
        ("Sources/cdcd/ConnectPlugins/", ["ConnectData", "HTTPWire", "WireCore", "WireStreams"]),
        ("Sources/cdcd/DebeziumPlugins/", ["ConnectData", "WireCore"]),
        ("Sources/cdcd/BinlogSource/", ["ConnectData", "DebeziumPlugins", "MySQLWire", "WireCore", "WireStreams"]),
        ("Sources/cdcd/ConnectRuntime/", [
            "ConnectData", "KafkaProtocol", "KafkaWire", "HTTPWire", "WireCore", "WireStreams",
        ]),
        ("Sources/cdcd/Command/", ourModules.subtracting(["COpenSSL", "CZlib", "CChecksums", "cdcd"])),
    ]
    private static let ourModules: Set<String> = [
        "COpenSSL", "CZlib", "CNoLocaleData", "CChecksums", "WireCore", "WireStreams", "HTTPWire", "MySQLWire",
        "KafkaProtocol", "KafkaWire", "KafkaBroker", "ConnectData", "ConnectPlugins", "DebeziumPlugins", "BinlogSource",
        "ConnectRuntime", "cdcd",
    ]
    /// The modules of the toolchain. Any other module would be an external dependency.
    private static let toolchain: Set<String> = ["Foundation", "Dispatch", "Synchronization", "Glibc"]

    @Test func importsAreAllowed() {
        for file in Self.sources {
            let rule = Self.allowedImports.first { file.path.hasPrefix($0.folder) }
            #expect(rule != nil, "\(file.path) lies in no known part")
            for module in file.imports where Self.ourModules.contains(module) {
                #expect(rule?.modules.contains(module) == true, "\(file.path) imports \(module)")
            }
        }
    }

    @Test func onlyOwnAndToolchainModulesAreImported() {
        for file in Self.sources {
            for module in file.imports {
                let isKnown = Self.ourModules.contains(module) || Self.toolchain.contains(module)
                #expect(isKnown, "\(file.path) imports \(module)")
            }
        }
        let manifest = Repository.files(in: ".", endingWith: ["Package.swift"]).first { $0.path == "./Package.swift" }
        #expect(manifest?.text.contains(".package(") == false, "Package.swift has a dependency")
    }

    /// What only our own modules share is `package`; what a library product or a tool shows to others is `public`.
    @Test func onlyTheLibrariesDeclarePublic() throws {
        let libraries = [
            "WireCore/", "WireStreams/", "MySQLWire/", "KafkaWire/Protocol/", "KafkaWire/Client/",
        ].map { "Sources/" + $0 }
        let declaration = try NSRegularExpression(
            pattern: #"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public|open)(?:\(set\))?\s"#)
        let tools = ["Benchmarks", "Fuzzing", "Tests"].flatMap { Repository.files(in: $0) }
        for file in Self.sources + tools where !libraries.contains(where: { file.path.hasPrefix($0) }) {
            // A text may be a program in another language.
            var isInText = false
            for (number, line) in file.lines.enumerated() {
                if line.contains("\"\"\"") { isInText.toggle() }
                if isInText { continue }
                let code = String(Repository.code(of: line))
                let match = declaration.firstMatch(in: code, range: NSRange(code.startIndex..., in: code))
                #expect(match == nil, "\(file.path):\(number + 1) is public, in no library")
            }
        }
    }

    @Test func byteModulesDoNotImportFoundation() {
        for file in Self.sources where file.path.hasPrefix("Sources/WireCore/") {
            #expect(!file.imports.contains("Foundation"), "\(file.path) imports Foundation")
        }
    }

    /// Inside a module, too, folders use each other in one direction only.
    @Test func foldersHaveNoCircularDependencies() throws {
        for (pair, uses) in try DependencyGraph(Self.sources).circles().sorted(by: { $0.key < $1.key }) {
            Issue.record("\(pair): \(uses)")
        }
    }
}
