import Testing

@testable import ConnectPlugins

@Suite struct LineSplitterTests {
    /// The complete lines of the pieces, and the position after the last one.
    private func split(_ pieces: [String]) -> (lines: [String], position: Int64) {
        var splitter = LineSplitter(position: 0)
        var lines: [String] = []
        for piece in pieces {
            Array(piece.utf8).withUnsafeBytes { splitter.feed($0) }
            while let line = splitter.next() { lines.append(line) }
        }
        return (lines, splitter.position)
    }

    @Test(arguments: [
        ("a\nb\n", ["a", "b"], 4), ("a\r\nb\r\nc", ["a", "b"], 6), ("a\rb\n", ["a", "b"], 4), ("\n\n", ["", ""], 2),
        ("a", [], 0), ("a\r", [], 0), ("é\nü", ["é"], 3),
    ])
    func linesEndWithLFCROrCRLF(_ text: String, _ lines: [String], _ position: Int64) {
        let whole = split([text])
        #expect(whole.lines == lines)
        #expect(whole.position == position)
        let single = split(text.unicodeScalars.map { String($0) })
        #expect(single.lines == lines)
        #expect(single.position == position)
    }

    @Test func carriageReturnWaitsForTheNextByte() {
        #expect(split(["a\r", "\nb\n"]).lines == ["a", "b"])
        #expect(split(["a\r", "b\n"]).lines == ["a", "b"])
    }
}
