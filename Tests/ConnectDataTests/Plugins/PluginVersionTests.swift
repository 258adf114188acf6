@testable import ConnectData
import Testing
import WireTestSupport

/// Versions and their ranges, compared with Connect's and Maven's classes.
@Suite struct PluginVersionTests {
    private static let versions = ["4.3.1", "3.6.1.Final", "1.9.5.Final", "undefined"]

    private static func recorded() throws -> [[String]] {
        try Fixtures.text("connect/plugin-versions.txt").split(separator: "\n")
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    @Test func rangesEqualConnects() throws {
        let ranges = try Self.recorded().filter { $0.count == 2 }
        #expect(ranges.count > 50)
        for line in ranges {
            let found: String
            do {
                found = try PluginVersionRange(line[0])
                    .map { range in ([range.description] + Self.versions.filter(range.contains)).joined(separator: " ") } ?? "any"
            } catch {
                found = "error: \(error)"
            }
            #expect(found == line[1], "\(line[0])")
        }
    }

    @Test func versionsAreOrderedAsByMaven() throws {
        let pairs = try Self.recorded().filter { $0.count == 3 }
        #expect(pairs.count > 200)
        for line in pairs {
            let (a, b) = (PluginVersion(line[0]), PluginVersion(line[1]))
            #expect((a < b ? "-1" : a == b ? "0" : "1") == line[2], "\(line[0]) \(line[1])")
            #expect((b < a) == (line[2] == "1"), "\(line[1]) \(line[0])")
        }
    }

    @Test func longVersionsAreRefused() {
        let error = #expect(throws: PluginVersionRange.SyntaxError.self) {
            try PluginVersionRange(String(repeating: "-", count: 2000))
        }
        #expect(error?.description == "Version specification longer than 1024 bytes")
    }
}
