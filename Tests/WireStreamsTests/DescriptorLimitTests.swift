import Foundation
import Testing

@testable import WireStreams

@Suite struct DescriptorLimitTests {
    @Test func softLimitIsRaisedToTheHardLimit() {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        #expect(getrlimit(kind, &limit) == 0)
        let hard = Int(clamping: limit.rlim_max)
        // One less does not affect other tests.
        limit.rlim_cur = limit.rlim_max - 1
        #expect(setrlimit(kind, &limit) == 0)
        #expect(DescriptorLimit.soft == hard - 1)
        #expect(DescriptorLimit.raise() == hard)
        #expect(DescriptorLimit.soft == hard)
    }

    @Test func openDescriptorsAreCounted() throws {
        let before = DescriptorLimit.openCount
        let files = try (0..<50).map { _ in try FileHandle(forReadingFrom: URL(filePath: "/dev/null")) }
        // Other tests open and close descriptors concurrently.
        #expect(DescriptorLimit.openCount > before + 10)
        for file in files { try file.close() }
    }
}
