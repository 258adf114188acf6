import Foundation
import KafkaProtocol
import Testing

@testable import KafkaBroker

/// `docs/development-broker.md` lists the requests and versions that ApiVersions announces.
@Suite struct BrokerPageTests {
    @Test func pageListsTheSupportedRequests() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/development-broker.md")
        var listed: [String: String] = [:]
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces).components(separatedBy: ", ")
            }
            guard cells.count >= 4, APIKey.all.contains(where: { $0.name == cells[1][0] }) else { continue }
            try #require(cells[1].count == cells[2].count, "\(line)")
            for (name, versions) in zip(cells[1], cells[2]) { listed[name] = versions }
        }
        let served = RequestHandler.all.map { handler in
            let (low, high) = (handler.versions.lowerBound, handler.versions.upperBound)
            return (handler.apiKey.name, low == high ? "\(low)" : "\(low)–\(high)")
        }
        #expect(listed == Dictionary(uniqueKeysWithValues: served))
    }
}
