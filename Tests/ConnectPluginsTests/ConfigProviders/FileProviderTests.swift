import ConnectData
import PluginTestSupport
import Testing
import WireTestSupport

@testable import ConnectPlugins

/// FileConfigProvider and DirectoryConfigProvider.
@Suite struct FileProviderTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(Array("user = dora\npassword=pä\\u0041\\\n  ss\n".utf8), to: "db.properties")
        try directory.write(Array("line\n".utf8), to: "token")
    }

    private func provider(
        _ name: String, _ parameters: [String: String] = [:]
    ) throws(ConfigError) -> any ConfigProvider {
        let context = PluginContext(
            properties: parameters, connectorConfiguration: [:], plugins: TestPlugins.registry)
        return try TestPlugins.registry.makeConfigProvider(name, property: "class", context)
    }

    @Test func propertiesOfAFileAreReadForEachResolution() throws {
        let provider = try provider(FileConfigProvider.className)
        let path = "\(directory.path)/db.properties"
        #expect(try provider.values(path: path, keys: ["password", "none"]) == ["password": "päAss"])
        #expect(try provider.values(path: path, keys: nil).keys.sorted() == ["password", "user"])
        try directory.write(Array("user=other".utf8), to: "db.properties")
        #expect(try provider.values(path: path, keys: ["user"]) == ["user": "other"])
        #expect(try provider.values(path: "", keys: ["user"]) == [:])
    }

    @Test func fileThatCannotBeReadIsAnError() throws {
        let provider = try provider(FileConfigProvider.className)
        for path in ["\(directory.path)/none", directory.path] {
            #expect(throws: ConnectError("Could not read properties from file \(path)")) {
                try provider.values(path: path, keys: ["user"])
            }
        }
    }

    @Test func contentsOfTheFilesOfADirectoryAreValues() throws {
        let provider = try provider(DirectoryConfigProvider.className)
        #expect(try provider.values(path: directory.path, keys: ["token", "none"]) == ["token": "line\n"])
        #expect(try provider.values(path: directory.path, keys: nil).keys.sorted() == ["db.properties", "token"])
        #expect(try provider.values(path: "\(directory.path)/token", keys: nil) == [:])
        // A directory within is no value.
        #expect(try provider.values(path: "\(directory.path)/..", keys: [".", ".."]) == [:])
    }

    @Test(arguments: [FileConfigProvider.className, DirectoryConfigProvider.className])
    func onlyAllowedPathsAreRead(className: String) throws {
        let path = className == FileConfigProvider.className ? "\(directory.path)/db.properties" : directory.path
        func isRead(_ allowed: String, _ path: String) throws -> Bool {
            try !provider(className, ["allowed.paths": allowed]).values(path: path, keys: nil).isEmpty
        }
        #expect(try isRead(directory.path, path))
        #expect(try isRead("/etc,\(directory.path)/", path))
        #expect(try !isRead("/etc", path))
        #expect(try !isRead("/etc", "/etc/..\(path)"))
        #expect(try isRead("", path))
    }

    @Test func allowedPathsAreAbsoluteAndExist() {
        for (paths, message) in [("a/b", "Path a/b is not absolute"), ("/etc,/none/../no", "Path /no does not exist")] {
            let error = #expect(throws: ConfigError.self) {
                try provider(FileConfigProvider.className, ["allowed.paths": paths])
            }
            #expect(error?.name == "allowed.paths" && error?.message.contains(message) == true)
        }
    }
}
