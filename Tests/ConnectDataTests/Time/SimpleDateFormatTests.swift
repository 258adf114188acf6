import ConnectData
import Testing
import WireTestSupport

/// Compares with the results of Java that `scripts/golden-records/SimpleDates.java` describes.
@Suite struct SimpleDateFormatTests {
    private struct Line {
        let now: Int64
        let instants: [Int64]
        let pattern: String
        let fields: [String]
    }

    private static func lines(_ kind: String) throws -> [Line] {
        var (now, instants): (Int64, [Int64]) = (0, [])
        var lines: [Line] = []
        for line in try Fixtures.text("java/simple-dates.txt").split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(unescaped)
            switch fields[0] {
            case "now": now = try #require(Int64(fields[1]))
            case "instants": instants = fields.dropFirst().compactMap { Int64($0) }
            default:
                guard fields[0] == kind else { continue }
                lines.append(Line(now: now, instants: instants, pattern: fields[1], fields: Array(fields.dropFirst(2))))
            }
        }
        return lines
    }

    private static func unescaped(_ text: Substring) -> String {
        String(text.replacing("\\t", with: "\t").replacing("\\n", with: "\n").replacing("\\\\", with: "\\"))
    }

    @Test func instantsAreFormattedAsByJava() throws {
        let lines = try Self.lines("format")
        #expect(lines.count > 95)
        for line in lines {
            let format = try SimpleDateFormat(line.pattern, now: line.now)
            for (text, instant) in zip(line.fields, line.instants) {
                #expect(format.format(instant) == text, "\(line.pattern) of \(instant)")
            }
        }
    }

    @Test func textsAreParsedAsByJava() throws {
        let lines = try Self.lines("parse")
        #expect(lines.count > 3000)
        for line in lines {
            var format = try SimpleDateFormat(line.pattern, now: line.now)
            let instant = format.parse(line.fields[0])
            guard line.fields.count == 3 else {
                #expect(instant == nil, "\(line.pattern) of \(line.fields[0])")
                continue
            }
            #expect(instant.map { "\($0)" } == line.fields[1], "\(line.pattern) of \(line.fields[0])")
            guard let instant else { continue }
            #expect(format.format(instant &+ 1) == line.fields[2], "\(line.pattern) after \(line.fields[0])")
        }
    }

    @Test func patternsAreRefusedAsByJava() throws {
        let lines = try Self.lines("illegal")
        #expect(lines.count > 10)
        for line in lines {
            let error = #expect(throws: SimpleDateFormat.PatternError.self) {
                try SimpleDateFormat(line.pattern, now: line.now)
            }
            #expect(error?.description == line.fields[0], "\(line.pattern)")
        }
    }
}
