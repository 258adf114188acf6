import Foundation
import Testing
import WireCore
import WireTestSupport

@testable import ConnectRuntime

/// The records of a Java worker's internal topic, from `Fixtures/connect/internal-topics`.
enum CapturedTopic {
    static func records(_ name: String) throws -> [StoreRecord] {
        let text = try Fixtures.text("connect/internal-topics/\(name).jsonl")
        return try text.split(separator: "\n").map { line in
            let object = try #require(try JSONValue.parse(String(line)).objectValue)
            return StoreRecord(
                partition: Int32(try #require(object["partition"]?.integerValue)),
                offset: try #require(object["offset"]?.integerValue),
                timestampMilliseconds: try #require(object["timestamp"]?.integerValue),
                key: object["key"]?.stringValue.map { Array($0.utf8) },
                value: object["value"]?.stringValue.map { Array($0.utf8) })
        }
    }
}
