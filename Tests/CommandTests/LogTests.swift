import Foundation
import Testing
import WireCore

@testable import cdcd

@Suite struct LogTests {
    private func line(_ message: String, _ format: LogFormat = .connect) -> String {
        format.line(time: .now, level: .warn, logger: "l", context: "[a|task-0] ", message: message)
    }

    @Test(arguments: [
        ("one\n[2026-11-24 22:03:16,123] ERROR forged", "one\\n[2026-11-24 22:03:16,123] ERROR forged"),
        ("\r\n\u{1B}[31mred\u{7}", "\\r\\n\\u001b[31mred\\u0007"), ("a\u{85}b\u{2028}c\u{202E}d", "a\\u0085b\\u2028c\\u202ed"),
        ("e\u{301} \t ü", "e\u{301} \\t ü"),
    ])
    func controlCharactersInMessagesAreEscaped(message: String, shown: String) {
        #expect(line(message).hasSuffix("WARN [a|task-0] \(shown) (l)\n"))
        #expect(line(message).filter { $0 == "\n" }.count == 1)
        #expect(line(message, .json).filter { $0 == "\n" }.count == 1)
    }

    @Test func causeAndRemedyAreOnLinesOfTheirOwn() {
        #expect(line("what\nCaused by: why\n[x]\nRemedy: do").hasSuffix("what\nCaused by: why\\n[x]\nRemedy: do (l)\n"))
    }

    // MARK: The queue

    private static func dropped(_ count: Int) -> [UInt8] { Array("<\(count)>".utf8) }

    private func next(_ queue: inout LogQueue, _ bytesMax: Int = 100) -> String? {
        queue.next(bytesMax: bytesMax, droppedLine: Self.dropped).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func droppedLinesAreCountedAndReported() {
        var queue = LogQueue(bytesMax: 10)
        for text in ["aaaaaa", "bbbb", "c", "dd"] { queue.append(Array(text.utf8), droppedLine: Self.dropped) }
        #expect(next(&queue, 4) == "aaaa")
        queue.remove(bytes: 4)
        queue.append(Array("e".utf8), droppedLine: Self.dropped)
        #expect(next(&queue) == "aabbbb<2>e")
        queue.remove(bytes: 10)
        #expect(next(&queue) == nil)
    }

    @Test func droppedCountIsReportedWhenTheQueueIsEmpty() {
        var queue = LogQueue(bytesMax: 1)
        queue.append(Array("a line that is longer than the queue".utf8), droppedLine: Self.dropped)
        queue.append(Array("b".utf8), droppedLine: Self.dropped)
        queue.remove(bytes: 36)
        #expect(next(&queue) == "<1>")
    }

    // MARK: A reader that does not read

    @Test func unreadPipeDoesNotBlockLogging() throws {
        let pipe = Pipe()
        let handler = LineLogHandler(
            format: .connect, descriptor: pipe.fileHandleForWriting.fileDescriptor, queueBytesMax: 100_000)
        // Far more than pipe and queue can hold; a blocking write would never return.
        let text = String(repeating: "x", count: 1000)
        for number in 0..<1000 {
            handler.write(level: .info, logger: "l", context: "", message: "\(number) \(text)")
        }
        let reader = pipe.fileHandleForReading
        var read = Data()
        while !read.contains("log lines were dropped".utf8) {
            let piece = reader.availableData
            if piece.isEmpty { break }
            read += piece
        }
        handler.flush(timeoutMilliseconds: 1000)
        let lines = String(decoding: read, as: UTF8.self).split(separator: "\n")
        let numbers = lines.compactMap { $0.split(separator: " ").dropFirst(3).first.flatMap { Int($0) } }
        let kept = numbers.prefix { $0 < 1000 }
        // Complete lines in order, and a correct count.
        #expect(lines.first?.contains("INFO 0 \(text) (l)") == true)
        let reported = try #require(lines.first { $0.contains("were dropped") }?.split(separator: " ").dropFirst(3).first)
        #expect(Int(reported) == 1000 - (kept.count - 1) && kept.count > 100)
    }

    @Test func closedPipeDoesNotFailLogging() {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        let handler = LineLogHandler(format: .json, descriptor: pipe.fileHandleForWriting.fileDescriptor)
        pipe.fileHandleForReading.closeFile()
        for _ in 0..<10 { handler.write(level: .info, logger: "l", context: "", message: "lost") }
        handler.flush(timeoutMilliseconds: 1000)
    }
}

extension Data {
    fileprivate func contains(_ text: String.UTF8View) -> Bool { range(of: Data(text)) != nil }
}
